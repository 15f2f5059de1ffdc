#include "net/zap_handler.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <chrono>
#include <cstring>

namespace quorate::net {

namespace {

constexpr std::chrono::milliseconds read_again_after{1000};

/// The parts of a request, as RFC 27 numbers them.
enum RequestPart : std::size_t { version, request_id, domain, address, identity, mechanism, key };
constexpr std::size_t request_parts = key + 1;

/// One message of several parts; nothing when none waits.
std::vector<std::string> receive(ZmqSocket& socket) {
    std::vector<std::string> parts;
    zmq_msg_t part;
    bool more = true;
    while (more) {
        zmq_msg_init(&part);
        const bool received = zmq_msg_recv(&part, socket.get(), ZMQ_DONTWAIT) >= 0;
        if (received)
            parts.emplace_back(static_cast<char*>(zmq_msg_data(&part)), zmq_msg_size(&part));
        more = received && zmq_msg_more(&part) != 0;
        zmq_msg_close(&part);
    }
    return parts;
}

}  // namespace

Result<std::unique_ptr<ZapHandler>> ZapHandler::open(void* context, KeyRing& ring) {
    ZmqSocket requests(context, ZMQ_REP);
    Fd stop(eventfd(0, EFD_CLOEXEC));
    if (!requests || !stop || zmq_bind(requests.get(), "inproc://zeromq.zap.01") != 0) {
        return Error{ErrorCode::internal,
                     std::string("can't decide on keys: ") + zmq_strerror(errno)};
    }
    return std::unique_ptr<ZapHandler>(new ZapHandler(ring, std::move(requests), std::move(stop)));
}

ZapHandler::ZapHandler(KeyRing& ring, ZmqSocket requests, Fd stop)
    : ring_(ring), requests_(std::move(requests)), stop_(std::move(stop)) {
    thread_ = std::thread([this] { run(); });
}

ZapHandler::~ZapHandler() {
    const std::uint64_t one = 1;
    (void)!write(stop_.get(), &one, sizeof one);
    thread_.join();
}

void ZapHandler::run() {
    pthread_setname_np(pthread_self(), "q:zap");
    using Clock = std::chrono::steady_clock;
    auto read_again_at = Clock::now() + read_again_after;
    pollfd fds[] = {{stop_.get(), POLLIN, 0}, {get_option(requests_.get(), ZMQ_FD, -1), POLLIN, 0}};
    while (fds[0].revents == 0) {
        answer_all();
        const auto now = Clock::now();
        if (now >= read_again_at) {
            read_again_at = now + read_again_after;
            for (std::string& sentence : ring_.refresh()) notice(std::move(sentence));
        }
        const auto pause =
            std::chrono::duration_cast<std::chrono::milliseconds>(read_again_at - now).count() + 1;
        if (poll(fds, 2, static_cast<int>(pause)) < 0) fds[0].revents = 0;  // EINTR
    }
    requests_.close();
}

void ZapHandler::answer_all() {
    for (auto request = receive(requests_); !request.empty(); request = receive(requests_)) {
        answer(request);
    }
}

void ZapHandler::answer(const std::vector<std::string>& request) {
    PublicKey asking;
    const bool sound = request.size() == request_parts && request[version] == "1.0" &&
                       request[mechanism] == "CURVE" && request[key].size() == sizeof asking.bytes;
    if (sound) std::memcpy(asking.bytes.data(), request[key].data(), sizeof asking.bytes);
    const bool let_in = sound && ring_.keys()->contains(asking);
    const std::string user = let_in ? to_text(asking) : std::string();
    const std::string reply[] = {"1.0",
                                 request.size() > request_id ? request[request_id] : std::string(),
                                 let_in ? "200" : "400",
                                 let_in ? "OK" : "this key is not let in",
                                 user,
                                 std::string()};
    for (const std::string& part : reply) {
        const int flags = &part == std::end(reply) - 1 ? 0 : ZMQ_SNDMORE;
        zmq_send(requests_.get(), part.data(), part.size(), ZMQ_DONTWAIT | flags);
    }
    if (sound && !let_in) {
        notice("refuses a connection from " + request[address] + ": its key " + to_text(asking) +
               " is not in " + ring_.directory() + "; to let it in, put its .pub file there");
    }
}

void ZapHandler::notice(std::string sentence) {
    std::lock_guard lock(mutex_);
    if (notices_.size() >= max_notices) return;
    notices_.push_back(std::move(sentence));
    has_notices_ = true;
}

std::vector<std::string> ZapHandler::take_notices() {
    if (!has_notices_.load(std::memory_order_relaxed)) return {};
    std::lock_guard lock(mutex_);
    has_notices_ = false;
    return std::exchange(notices_, {});
}

}  // namespace quorate::net
