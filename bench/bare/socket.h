// The least that the baselines need of libzmq: messages and sockets with one owner. What can't fail
// on a healthy machine throws Failed when it does.
#pragma once

#include <zmq.h>

#include <cstddef>
#include <initializer_list>
#include <string>

#include "bench/ports.h"

namespace quorate::bench::bare {

class Message {
public:
    Message() { zmq_msg_init(&message_); }
    explicit Message(std::size_t size) { zmq_msg_init_size(&message_, size); }
    ~Message() { zmq_msg_close(&message_); }
    Message(const Message&) = delete;
    Message& operator=(const Message&) = delete;

    char* data() { return static_cast<char*>(zmq_msg_data(&message_)); }
    std::size_t size() const { return zmq_msg_size(&message_); }
    /// Becomes another reference to the bytes of `other`.
    void share(Message& other) { zmq_msg_copy(&message_, &other.message_); }
    zmq_msg_t* raw() { return &message_; }

private:
    zmq_msg_t message_;
};

class Context {
public:
    Context() : context_(zmq_ctx_new()) {}
    ~Context() { zmq_ctx_term(context_); }
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    void* get() const { return context_; }

private:
    void* context_;
};

class Socket {
public:
    /// Without a bound on what waits unless `bound` is given: nothing is lost, and nobody blocks.
    Socket(Context& context, int type, int bound = 0);
    ~Socket();
    Socket(Socket&& other) noexcept;
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    void bind(const std::string& endpoint);
    void connect(const std::string& endpoint);
    /// Hands the message over; it is empty afterwards.
    void send(Message& message);
    void send_byte(char byte);
    void send_number(std::uint64_t number);
    /// The next message; blocks until there is one.
    void receive(Message& into);
    /// The next message if there is one.
    bool try_receive(Message& into);
    void* get() const { return socket_; }

private:
    void* socket_;
};

std::uint64_t number_in(Message& message);

/// Waits until one of the sockets may be read, or the timeout has passed (-1: none).
void wait_for(std::initializer_list<const Socket*> sockets, int timeout_ms);

}  // namespace quorate::bench::bare
