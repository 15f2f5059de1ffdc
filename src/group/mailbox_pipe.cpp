#include "group/mailbox_pipe.h"

#include <zmq.h>

#include <cerrno>

#include "base/check.h"

namespace quorate::group {

PipeContext::PipeContext() : context_(zmq_ctx_new()) {
    QUORATE_CHECK(context_ != nullptr, "out of file descriptors");
    zmq_ctx_set(context_, ZMQ_IO_THREADS, 0);
}

PipeContext::~PipeContext() {
    while (zmq_ctx_term(context_) != 0 && errno == EINTR) {
    }
}

PipeEnds::PipeEnds(PipeContext& context, const char* address) : PipeEnds(context.get(), address) {
    QUORATE_CHECK(ready(), "out of file descriptors");
}

PipeEnds::PipeEnds(void* context, const char* address)
    : receiver_(zmq_socket(context, ZMQ_PAIR)), sender_(zmq_socket(context, ZMQ_PAIR)) {
    if (!ready()) return;
    const int none = 0;  // no high-water mark (the bound is counted by the user), no linger
    for (void* socket : {receiver_, sender_}) {
        zmq_setsockopt(socket, ZMQ_SNDHWM, &none, sizeof none);
        zmq_setsockopt(socket, ZMQ_RCVHWM, &none, sizeof none);
        zmq_setsockopt(socket, ZMQ_LINGER, &none, sizeof none);
    }
    QUORATE_CHECK(zmq_bind(receiver_, address) == 0, "the address is this context's own");
    QUORATE_CHECK(zmq_connect(sender_, address) == 0, "the other end is bound");
    std::size_t size = sizeof descriptor_;
    QUORATE_CHECK(zmq_getsockopt(receiver_, ZMQ_FD, &descriptor_, &size) == 0,
                  "every socket has one");
}

PipeEnds::~PipeEnds() {
    // What nobody took is freed here, rather than some time later on a thread of libzmq's.
    while (ready() && receive([](void*, void*) {}, nullptr)) {
    }
    if (sender_ != nullptr) zmq_close(sender_);
    if (receiver_ != nullptr) zmq_close(receiver_);
}

void PipeEnds::send(void* object, std::size_t size, Free free) {
    zmq_msg_t message;
    if (object == nullptr) {
        zmq_msg_init(&message);
    } else {
        QUORATE_CHECK(zmq_msg_init_data(&message, object, size, free, nullptr) == 0,
                      "out of memory");
    }
    sent_.fetch_add(1, std::memory_order_release);
    int sent = -1;
    do {
        sent = zmq_msg_send(&message, sender_, ZMQ_DONTWAIT);
    } while (sent < 0 && errno == EINTR);
    QUORATE_CHECK(sent >= 0, "an unbounded pipe with both ends open takes every message");
}

bool PipeEnds::receive(Take take, void* into) {
    zmq_msg_t message;
    zmq_msg_init(&message);
    int received = -1;
    do {
        received = zmq_msg_recv(&message, receiver_, ZMQ_DONTWAIT);
    } while (received < 0 && errno == EINTR);
    (void)sent_.load(std::memory_order_acquire);
    if (received >= 0) take(zmq_msg_data(&message), into);
    zmq_msg_close(&message);
    return received >= 0;
}

}  // namespace quorate::group
