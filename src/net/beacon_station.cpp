#include "net/beacon_station.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/check.h"
#include "io/monotonic_clock.h"
#include "wire/bundle.h"

namespace quorate::net {

namespace {

/// What the first byte of a packet from the station says of the rest.
constexpr char heard_kind = 'H';
constexpr char problem_kind = 'P';

constexpr base::Nanos reopen_every = std::chrono::seconds(1);
constexpr std::size_t datagrams_a_turn = 64;
constexpr std::size_t longest_packet = 1 + Beacon::max_datagram;

}  // namespace

// ---- a group's end ----

void BeaconLine::announce(std::string_view frame) {
    if (!socket_) return;
    if (frame.size() > Beacon::max_datagram) {
        problem_ = "the beacon can't send a datagram of " + std::to_string(frame.size()) +
                   " bytes; discovery works by seeds alone";
        return;
    }
    (void)!send(socket_.get(), frame.data(), frame.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

void BeaconLine::collect(std::size_t max, std::vector<io::TransportEvent>& out) {
    if (!socket_) return;
    char packet[longest_packet];
    for (std::size_t count = 0; count < max; ++count) {
        const auto size = recv(socket_.get(), packet, sizeof packet, MSG_DONTWAIT);
        if (size <= 0) return;
        const std::string_view rest(packet + 1, static_cast<std::size_t>(size) - 1);
        if (packet[0] == problem_kind) {
            problem_ = rest;
        } else {
            out.push_back(io::BeaconHeard{Payload(std::string(rest))});
        }
    }
}

// ---- the station ----

std::shared_ptr<BeaconStation> BeaconStation::open(const BeaconPlace& place) {
    return std::shared_ptr<BeaconStation>(new BeaconStation(place));
}

BeaconLine BeaconStation::connect(const std::shared_ptr<BeaconStation>& station,
                                  const std::string& group) {
    BeaconLine line;
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        line.problem_ = "the beacon found no file descriptors; discovery works by seeds alone";
        return line;
    }
    line.socket_ = Fd(ends[0]);
    line.station_ = station;
    Peer peer;
    peer.group = group;
    peer.socket = Fd(ends[1]);
    {
        std::lock_guard lock(station->mutex_);
        // So that it is known from the start, before the station's thread has had its turn.
        line.problem_ = station->told_problem_;
        station->newcomers_.push_back(std::move(peer));
    }
    eventfd_write(station->wake_.get(), 1);
    return line;
}

BeaconStation::BeaconStation(const BeaconPlace& place)
    : place_(place), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), beacon_(place) {
    QUORATE_CHECK(wake_.get() >= 0, "out of file descriptors");
    told_problem_ = beacon_.problem();
    thread_ = std::thread([this] { run(); });
}

BeaconStation::~BeaconStation() {
    {
        std::lock_guard lock(mutex_);
        ending_ = true;
    }
    eventfd_write(wake_.get(), 1);
    thread_.join();
}

void BeaconStation::run() {
    pthread_setname_np(pthread_self(), "q:beacon");
    while (admit()) turn();
}

/// Takes newcomers in; false when it is time to end.
bool BeaconStation::admit() {
    eventfd_t count = 0;
    eventfd_read(wake_.get(), &count);
    std::lock_guard lock(mutex_);
    peers_.splice(peers_.end(), newcomers_);
    return !ending_;
}

void BeaconStation::turn() {
    std::vector<pollfd> fds{{wake_.get(), POLLIN, 0}, {beacon_.fd(), POLLIN, 0}};
    for (const Peer& peer : peers_) fds.push_back({peer.socket.get(), POLLIN, 0});
    base::Nanos now = io::read_monotonic();
    const bool broken = !beacon_.problem().empty();
    if (broken && reopen_at_ == base::never) reopen_at_ = now + reopen_every;
    const auto pause = std::chrono::ceil<std::chrono::milliseconds>(reopen_at_ - now);
    const int timeout = broken ? std::max(0, static_cast<int>(pause.count())) : -1;
    if (poll(fds.data(), fds.size(), timeout) < 0) return;
    if (!admit()) return;  // whoever had a line before a datagram was sent hears it
    now = io::read_monotonic();
    keep_open(now);
    hear_network();
    if (hear_lines(now)) say_what_is_due(now);
    tell_problem();
}

/// An interface may come up later than its members.
void BeaconStation::keep_open(base::Nanos now) {
    if (beacon_.problem().empty()) {
        reopen_at_ = base::never;
    } else if (now >= reopen_at_) {
        reopen_at_ = base::never;
        beacon_ = Beacon(place_);
    }
}

/// Takes what the groups announce; true if any of it wants to be sent.
bool BeaconStation::hear_lines(base::Nanos now) {
    bool wanted = false;
    for (auto peer = peers_.begin(); peer != peers_.end();) {
        char packet[longest_packet];
        const auto size = recv(peer->socket.get(), packet, sizeof packet, MSG_DONTWAIT);
        if (size < 0) {
            ++peer;
            continue;
        }
        if (size == 0) {  // the group has gone
            peer = peers_.erase(peer);
            continue;
        }
        const std::string_view frame(packet, static_cast<std::size_t>(size));
        peer->interval = now - std::max(peer->announced, now - std::chrono::seconds(1));
        peer->announced = now;
        if (peer->frame != frame) {
            peer->frame = frame;
            peer->changed = true;
        }
        wanted |= peer->due(now);
    }
    return wanted;
}

/// Whether it is new, or was said longer ago than half of its group's interval: less, and it went
/// with another group's announcement just now.
bool BeaconStation::Peer::due(base::Nanos now) const {
    return !frame.empty() && (changed || now - sent >= interval / 2);
}

/// In as few datagrams as they fit into.
void BeaconStation::say_what_is_due(base::Nanos now) {
    std::vector<std::string> frames;
    std::size_t bytes = 0;
    const auto flush = [&] {
        if (frames.size() == 1) beacon_.announce(frames.front());
        if (frames.size() > 1) beacon_.announce(wire::bundle(frames));
        frames.clear();
        bytes = 0;
    };
    for (Peer& peer : peers_) {
        if (!peer.due(now)) continue;
        peer.sent = now;
        peer.changed = false;
        if (wire::bundle_bytes(frames.size() + 1, bytes + peer.frame.size()) >
            Beacon::max_datagram) {
            flush();
        }
        frames.push_back(peer.frame);
        bytes += peer.frame.size();
    }
    flush();
}

/// To each group what is said to it.
void BeaconStation::hear_network() {
    std::vector<io::TransportEvent> heard;
    beacon_.collect(datagrams_a_turn, heard);
    for (const io::TransportEvent& event : heard) {
        const Payload& datagram = std::get<io::BeaconHeard>(event).bytes;
        for (const std::string_view frame : wire::unbundle(datagram.view())) {
            const auto group = wire::group_of(frame);
            if (!group) continue;
            for (const Peer& peer : peers_) {
                const bool its_own = peer.frame == frame;
                if (peer.group == *group && !its_own) tell(peer, heard_kind, frame);
            }
        }
    }
}

void BeaconStation::tell_problem() {
    if (told_problem_ == beacon_.problem()) return;
    std::lock_guard lock(mutex_);
    // Newcomers were told the former one.
    peers_.splice(peers_.end(), newcomers_);
    for (const Peer& peer : peers_) tell(peer, problem_kind, beacon_.problem());
    told_problem_ = beacon_.problem();
}

bool BeaconStation::tell(const Peer& peer, char kind, std::string_view bytes) {
    std::string packet(1, kind);
    packet += bytes;
    return send(peer.socket.get(), packet.data(), packet.size(), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;
}

}  // namespace quorate::net
