#include "net/zmq_transport.h"

#include <poll.h>

#include <algorithm>
#include <ctime>

#include "io/monotonic_clock.h"
#include "net/curve.h"
#include "net/inbox.h"
#include "net/links.h"
#include "net/prober.h"
#include "net/resolver.h"
#include "net/zap_handler.h"

namespace quorate::net {

namespace {

constexpr std::size_t max_datagrams_per_turn = 64;
/// The longest single sleep; a later deadline is waited for in several.
constexpr base::Nanos longest_sleep = std::chrono::hours(1);

timespec to_timespec(base::Nanos duration) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
    return {.tv_sec = seconds.count(), .tv_nsec = (duration - seconds).count()};
}

}  // namespace

class ZmqTransport::Impl {
public:
    Impl(void* context, const ZmqOptions& options, std::unique_ptr<Curve> curve,
         std::unique_ptr<ZapHandler> zap, BeaconLine beacon)
        : curve_(std::move(curve)),
          zap_(std::move(zap)),
          prober_(resolver_),
          links_(context,
                 {.link_messages = options.link_messages, .frame_bytes = options.frame_bytes},
                 resolver_, curve_.get()),
          beacon_(std::move(beacon)) {}

    bool wait(base::Nanos timeout, std::span<void* const> others);
    void collect(std::vector<io::TransportEvent>& out, std::size_t max_frames);

    const std::unique_ptr<Curve> curve_;     ///< null: everything in clear
    const std::unique_ptr<ZapHandler> zap_;  ///< likewise; ends when the sockets are closed
    Resolver resolver_;
    Prober prober_;
    Links links_;
    Inbox inbox_;
    BeaconLine beacon_;
    std::string advertised_;

private:
    /// Places in fds_; behind them come the sockets of others, then probes.
    enum Place : std::size_t { frames, monitor, names, datagrams, handshakes, first_other };
    void gather(std::span<void* const> others);
    bool sleep(base::Nanos duration);
    bool found(Place place) const { return place < fds_.size() && fds_[place].revents != 0; }

    std::vector<pollfd> fds_;
};

void ZmqTransport::Impl::gather(std::span<void* const> others) {
    fds_.clear();
    fds_.push_back({inbox_.frames_fd(), POLLIN, 0});
    fds_.push_back({inbox_.monitor_fd(), POLLIN, 0});
    fds_.push_back({resolver_.wake_fd(), POLLIN, 0});
    fds_.push_back({beacon_.fd(), POLLIN, 0});
    fds_.push_back({links_.handshakes_fd(), POLLIN, 0});
    for (void* socket : others) fds_.push_back({get_option(socket, ZMQ_FD, -1), POLLIN, 0});
    prober_.add_to(fds_);
}

/// True if any descriptor is ready. ppoll, because zmq_poll knows whole milliseconds only.
bool ZmqTransport::Impl::sleep(base::Nanos duration) {
    const timespec limit = to_timespec(std::clamp(duration, base::Nanos(0), longest_sleep));
    const int ready = ppoll(fds_.data(), fds_.size(), &limit, nullptr);
    if (ready >= 0) return ready > 0;
    for (pollfd& fd : fds_) fd.revents = 0;  // EINTR
    return false;
}

bool ZmqTransport::Impl::wait(base::Nanos timeout, std::span<void* const> others) {
    // A libzmq descriptor tells of changes, not of messages that wait: one that has been read until
    // EAGAIN may be slept on, for any other the socket itself must be asked first.
    const auto others_readable = [&] {
        bool readable = false;
        for (void* socket : others)
            readable |= (get_option(socket, ZMQ_EVENTS, 0) & ZMQ_POLLIN) != 0;
        return readable;
    };
    const base::Nanos start = io::read_monotonic();
    const base::Nanos end = timeout >= base::never - start ? base::never : start + timeout;
    gather(others);
    const bool at_once = inbox_.more_waiting() || others_readable();
    base::Nanos now = start;
    while (true) {
        const base::Nanos wake = std::min(end, prober_.next_deadline());
        const bool ready = sleep(at_once ? base::Nanos(0) : wake - now);
        if (at_once) return true;
        const auto is_ready = [](const pollfd& fd) { return fd.revents != 0; };
        const auto other = fds_.begin() + first_other;
        const auto probes = other + static_cast<std::ptrdiff_t>(others.size());
        if (ready && (std::any_of(fds_.begin(), other, is_ready) ||
                      std::any_of(probes, fds_.end(), is_ready) || others_readable())) {
            return true;
        }
        now = io::read_monotonic();
        if (now >= prober_.next_deadline()) return true;
        if (now >= end) return false;
    }
}

void ZmqTransport::Impl::collect(std::vector<io::TransportEvent>& out, std::size_t max_frames) {
    if (found(names) && resolver_.collect()) links_.names_resolved();
    if (prober_.next_deadline() != base::never) prober_.collect(io::read_monotonic(), out);
    if (found(datagrams)) beacon_.collect(max_datagrams_per_turn, out);
    inbox_.collect(found(frames), found(monitor), max_frames, out);
    links_.tend(found(handshakes), out);
    if (zap_) {
        for (std::string& notice : zap_->take_notices()) {
            out.push_back(io::SecurityNotice{std::move(notice)});
        }
    }
    fds_.clear();
}

int sockets_of_a_transport() {
    // Behind the links come the inbox with its monitor, ZAP, and knocks under way.
    constexpr std::size_t others = 64 + 4 * Links::knocks_a_second;
    return static_cast<int>(LinkLimits().links * Links::sockets_a_link + others);
}

Result<std::unique_ptr<ZmqTransport>> ZmqTransport::open(void* context, const ZmqOptions& options,
                                                         BeaconLine beacon) {
    if (!options.advertise.empty() && !base::is_dialable(options.advertise)) {
        return Error{ErrorCode::bad_argument,
                     "advertise must be tcp://HOST:PORT with a port that others can connect to, "
                     "not " +
                         options.advertise};
    }
    std::unique_ptr<Curve> curve;
    std::unique_ptr<ZapHandler> zap;
    if (options.security.enabled()) {
        auto opened = Curve::open(options.security);
        if (!opened) return opened.error();
        curve = std::move(*opened);
        auto answering = ZapHandler::open(context, curve->ring());
        if (!answering) return answering.error();
        zap = std::move(*answering);
    }
    auto impl = std::make_unique<Impl>(context, options, std::move(curve), std::move(zap),
                                       std::move(beacon));
    InboxLimits limits;
    limits.frame_bytes = options.frame_bytes + (impl->curve_ ? sizeof(DeploymentProof) : 0);
    auto bound = impl->inbox_.open(context, options.listen, limits, impl->curve_.get());
    if (!bound) return bound.error();
    impl->advertised_ =
        options.advertise.empty() ? impl->inbox_.bound_endpoint() : options.advertise;
    return std::unique_ptr<ZmqTransport>(new ZmqTransport(std::move(impl)));
}

ZmqTransport::ZmqTransport(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ZmqTransport::~ZmqTransport() = default;

bool ZmqTransport::send(const std::string& endpoint, Payload frame) {
    return impl_->links_.send(endpoint, frame);
}

void ZmqTransport::close(const std::string& endpoint) {
    impl_->links_.close(endpoint);
}

void ZmqTransport::close_others(const std::function<bool(const std::string&)>& keeps) {
    impl_->links_.close_others(keeps);
}

void ZmqTransport::probe(const std::string& endpoint) {
    impl_->prober_.probe(endpoint, io::read_monotonic());
}

void ZmqTransport::announce(Payload datagram) {
    impl_->beacon_.announce(datagram.view());
}

const std::string& ZmqTransport::endpoint() const {
    return impl_->advertised_;
}

base::PublicKey ZmqTransport::key() const {
    return impl_->curve_ ? impl_->curve_->public_key() : base::PublicKey();
}

bool ZmqTransport::lets_in(const base::PublicKey& key) const {
    return impl_->links_.lets_in(key);
}

void ZmqTransport::learn_key(const std::string& endpoint, const base::PublicKey& key) {
    impl_->links_.learn_key(endpoint, key);
}

bool ZmqTransport::knock(const std::string& endpoint, const base::PublicKey& key, Payload frame) {
    return impl_->links_.knock(endpoint, key, frame);
}

bool ZmqTransport::wait(base::Nanos timeout, std::span<void* const> others) {
    return impl_->wait(timeout, others);
}

void ZmqTransport::collect(std::vector<io::TransportEvent>& out, std::size_t max_frames) {
    impl_->collect(out, max_frames);
}

void ZmqTransport::close_all(std::chrono::milliseconds linger) {
    impl_->links_.close_all(linger);
}

std::string ZmqTransport::beacon_problem() const {
    return impl_->beacon_.problem();
}

io::UnseenDrops ZmqTransport::dropped() const {
    return impl_->inbox_.dropped();
}

}  // namespace quorate::net
