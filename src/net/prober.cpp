#include "net/prober.h"

#include <algorithm>
#include <cerrno>

namespace quorate::net {

namespace {

using Answer = io::ProbeAnswered::Answer;

Answer answer_of(int error) {
    return error == ECONNREFUSED ? Answer::refused : Answer::unknown;
}

/// On loopback TCP may pick the very port that it dials, and then connects to itself: nobody
/// listens.
bool connected_to_itself(int fd) {
    const auto local = local_address(fd);
    return local && local == remote_address(fd);
}

Answer established(int fd) {
    return connected_to_itself(fd) ? Answer::refused : Answer::connected;
}

}  // namespace

void Prober::probe(const std::string& endpoint, base::Nanos now) {
    const auto where = base::parse_endpoint(endpoint);
    if (!where || where->port == 0 || probes_.size() >= max_probes) {
        answered_.push_back({endpoint, Answer::unknown});
        return;
    }
    Probe probe{endpoint, *where, now + patience, Fd()};
    Answer answer = Answer::unknown;
    if (const auto address = resolver_.look_up(*where); address && dial(probe, *address, answer)) {
        answered_.push_back({endpoint, answer});
        return;
    }
    probes_.push_back(std::move(probe));
}

/// True: answered already, as refusals on the own host are.
bool Prober::dial(Probe& probe, const SocketAddress& address, Answer& answer) {
    probe.socket = Fd(socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!probe.socket) {
        answer = Answer::unknown;
        return true;
    }
    if (connect(probe.socket.get(), address.get(), address.length) == 0) {
        answer = established(probe.socket.get());
        return true;
    }
    if (errno == EINPROGRESS || errno == EINTR) return false;
    answer = answer_of(errno);
    return true;
}

void Prober::add_to(std::vector<pollfd>& fds) const {
    for (const Probe& probe : probes_) {
        if (probe.socket) fds.push_back({probe.socket.get(), POLLOUT, 0});
    }
}

base::Nanos Prober::next_deadline() const {
    if (!answered_.empty()) return base::long_ago;
    base::Nanos next = base::never;
    for (const Probe& probe : probes_) next = std::min(next, probe.deadline);
    return next;
}

/// True: answered.
bool Prober::advance(Probe& probe, short events, Answer& answer) {
    if (events == 0) return false;
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(probe.socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
    answer = error == 0 ? established(probe.socket.get()) : answer_of(error);
    return true;
}

void Prober::collect(base::Nanos now, std::vector<io::TransportEvent>& out) {
    std::vector<pollfd> fds;
    for (const Probe& probe : probes_) fds.push_back({probe.socket.get(), POLLOUT, 0});
    if (!fds.empty() && ::poll(fds.data(), fds.size(), 0) < 0) {
        for (pollfd& fd : fds) fd.revents = 0;
    }
    for (std::size_t i = probes_.size(); i-- > 0;) {
        Probe& probe = probes_[i];
        Answer answer = Answer::unknown;
        bool done = false;
        if (probe.socket) {
            done = advance(probe, fds[i].revents, answer);
        } else if (const auto address = resolver_.look_up(probe.where)) {
            done = dial(probe, *address, answer);
        }
        if (!done && now < probe.deadline) continue;
        answered_.push_back({probe.endpoint, answer});
        probes_.erase(probes_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    for (io::ProbeAnswered& answered : answered_) out.push_back(std::move(answered));
    answered_.clear();
}

}  // namespace quorate::net
