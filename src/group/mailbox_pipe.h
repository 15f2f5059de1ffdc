// A one-way inproc pipe of values: each message owns its value, so that whatever is under way when
// the sockets close is freed with them. Unbounded itself; whoever uses it counts.
//
// One thread at a time at each end. send() and receive() never block.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace quorate::group {

/// The context of one group's pipes: no I/O threads, as inproc needs none.
class PipeContext {
public:
    PipeContext();
    ~PipeContext();  ///< after all pipes in it
    PipeContext(const PipeContext&) = delete;
    PipeContext& operator=(const PipeContext&) = delete;
    void* get() const { return context_; }

private:
    void* context_;
};

/// The two sockets, without types.
class PipeEnds {
public:
    PipeEnds(PipeContext& context, const char* address);
    /// In a context of libzmq's that others use too: ready() says whether it had sockets to give.
    PipeEnds(void* context, const char* address);
    ~PipeEnds();
    PipeEnds(const PipeEnds&) = delete;
    PipeEnds& operator=(const PipeEnds&) = delete;

    /// If not, nothing else may be called.
    bool ready() const { return receiver_ != nullptr && sender_ != nullptr; }

    using Free = void (*)(void* object, void* hint);
    using Take = void (*)(void* object, void* into);
    /// Hands `object` over; `free` is called on it once it was taken, or the pipe is gone.
    void send(void* object, std::size_t size, Free free);
    /// Calls `take` on the next object, if there is one.
    bool receive(Take take, void* into);
    /// The same without an object: an empty message, only to wake the other end.
    void signal() {
        send(nullptr, 0, [](void*, void*) {});
    }
    bool receive_signal() {
        return receive([](void*, void*) {}, nullptr);
    }
    /// The receiver's ZMQ_FD. Edge-triggered: after it was readable, receive() until there is
    /// nothing, and nothing else may touch the receiving end.
    int descriptor() const { return descriptor_; }
    /// The receiving socket itself, for whoever knows how to sleep on one.
    void* receiver() const { return receiver_; }

private:
    void* receiver_;
    void* sender_;
    int descriptor_ = -1;
    /// Released before each send, acquired after each receive: what libzmq's own synchronisation
    /// does already, said in terms of the language, so that ThreadSanitizer sees it too.
    std::atomic<std::uint64_t> sent_{0};
};

template <class T>
class MailboxPipe {
public:
    MailboxPipe(PipeContext& context, const char* address) : ends_(context, address) {}

    void send(T value) {
        ends_.send(new T(std::move(value)), sizeof(T),
                   [](void* object, void*) { delete static_cast<T*>(object); });
    }
    std::optional<T> receive() {
        std::optional<T> value;
        ends_.receive(
            [](void* object, void* into) {
                static_cast<std::optional<T>*>(into)->emplace(std::move(*static_cast<T*>(object)));
            },
            &value);
        return value;
    }
    int descriptor() const { return ends_.descriptor(); }
    void* receiver() const { return ends_.receiver(); }

private:
    PipeEnds ends_;
};

}  // namespace quorate::group
