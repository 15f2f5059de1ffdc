// Whether the beacon does what it is for: two sockets, what one says the other hears; and who else
// is to be heard.
#include <poll.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <set>

#include "base/time.h"
#include "io/monotonic_clock.h"
#include "net/beacon.h"
#include "net/examination.h"
#include "net/interfaces.h"
#include "wire/bundle.h"
#include "wire/codec.h"

namespace quorate::net {

namespace {

/// No group is called so by anybody else; members hand it on to nobody.
constexpr const char* doctors_group = "quorate.doctor";
/// A member in a group that has settled announces itself once a second.
constexpr base::Nanos listen_for = std::chrono::milliseconds(1500);
constexpr base::Nanos listen_for_expected = std::chrono::seconds(5);
/// For an examination elsewhere that began later, and has to hear this one.
constexpr base::Nanos go_on_for = std::chrono::milliseconds(500);
constexpr base::Nanos say_every = std::chrono::milliseconds(100);

MemberId draw_id() {
    MemberId id;
    if (getrandom(&id, sizeof id, 0) != sizeof id) id = {1, static_cast<std::uint64_t>(getpid())};
    return id;
}

std::string host_name() {
    char host[HOST_NAME_MAX + 1] = {};
    if (gethostname(host, sizeof host - 1) != 0 || host[0] == '\0') return "a host";
    return std::string(host).substr(0, 64);
}

/// What two sockets on one beacon say and hear for a while.
class Hearing {
public:
    explicit Hearing(const BeaconPlace& place) : mouth_(place), ear_(place), id_(draw_id()) {
        wire::Frame frame;
        frame.header.group = doctors_group;
        frame.header.sender = id_;
        frame.body = wire::Beacon{{host_name(), "tcp://127.0.0.1:1", Role::observer}, {}};
        frame_ = wire::encode(frame).str();
    }

    void listen(std::size_t expected);
    bool heard_itself() const { return heard_itself_; }
    const std::set<std::string>& others() const { return names_; }
    std::size_t count() const { return others_.size(); }
    const std::string& problem() const {
        return mouth_.problem().empty() ? ear_.problem() : mouth_.problem();
    }

private:
    void take(std::string_view frame);

    Beacon mouth_;
    Beacon ear_;
    MemberId id_;
    std::string frame_;
    bool heard_itself_ = false;
    std::set<MemberId> others_;
    std::set<std::string> names_;
};

void Hearing::take(std::string_view bytes) {
    const auto group = wire::group_of(bytes);
    if (!group) return;
    const Payload payload{std::string(bytes)};
    const auto decoded = wire::decode(payload, *group);
    const auto* frame = std::get_if<wire::Frame>(&decoded);
    if (frame == nullptr) return;
    const auto* beacon = std::get_if<wire::Beacon>(&frame->body);
    if (beacon == nullptr) return;
    if (frame->header.sender == id_) {
        heard_itself_ = true;
        return;
    }
    const bool doctor = *group == doctors_group;
    others_.insert(frame->header.sender);
    names_.insert(doctor ? "another examination on " + beacon->self.name
                         : beacon->self.name + " of " + *group);
}

void Hearing::listen(std::size_t expected) {
    const base::Nanos start = io::read_monotonic();
    base::Nanos end = start + (expected > 0 ? listen_for_expected : listen_for);
    bool satisfied = false;
    base::Nanos say_at = start;
    for (base::Nanos now = start; now < end; now = io::read_monotonic()) {
        if (now >= say_at) {
            mouth_.announce(frame_);
            say_at = now + say_every;
        }
        pollfd fd{ear_.fd(), POLLIN, 0};
        const auto pause =
            std::chrono::ceil<std::chrono::milliseconds>(std::min(say_at, end) - now);
        poll(&fd, 1, static_cast<int>(pause.count()));
        std::vector<io::TransportEvent> heard;
        ear_.collect(64, heard);
        for (const io::TransportEvent& event : heard) {
            const Payload& datagram = std::get<io::BeaconHeard>(event).bytes;
            for (const std::string_view frame : wire::unbundle(datagram.view())) take(frame);
        }
        if (!satisfied && expected > 0 && heard_itself_ && others_.size() >= expected) {
            satisfied = true;
            end = std::min(end, io::read_monotonic() + go_on_for);
        }
    }
}

bool is_multicast(const SocketAddress& address) {
    if (address.family() == AF_INET6) return IN6_IS_ADDR_MULTICAST(&address.v6().sin6_addr) != 0;
    return IN_MULTICAST(ntohl(address.v4().sin_addr.s_addr));
}

/// How the beacon goes.
struct Path {
    bool multicast = false;
    std::string listen_host;
    bool others_heard = false;
};

/// Says nothing if the beacon's interface was not named.
void examine_interface(const MemberOptions& member, const Path& path,
                       std::vector<Finding>& findings) {
    const std::string& name = member.beacon_interface;
    if (name.empty()) return;
    const auto all = interfaces();
    const auto named = std::find_if(all.begin(), all.end(),
                                    [&](const Interface& each) { return each.name == name; });
    const std::string so = "the interface " + name + " of the beacon ";
    if (named == all.end()) return;  // the beacon itself has said that there is none
    // The kernel notices a plugged cable up to a second late: who hears somebody knows better.
    if (!named->up && !path.others_heard) {
        findings.push_back({"beacon_interface", Verdict::failed,
                            so + "is down, or its cable is not plugged in",
                            "Nobody hears this member there, and it hears nobody.",
                            "Bring it up (ip link set " + name + " up), or choose another one."});
        return;
    }
    if (path.multicast && !named->multicast && !named->loopback) {
        findings.push_back({"beacon_interface", Verdict::failed, so + "has multicast turned off",
                            "Members that meet in a multicast group don't find each other there.",
                            "Turn it on (ip link set " + name +
                                " multicast on), choose another interface, or a broadcast "
                                "address."});
        return;
    }
    const bool elsewhere =
        !is_wildcard(path.listen_host) &&
        std::none_of(all.begin(), all.end(), [&](const Interface& each) {
            return each.name == name && each.address == without_scope(path.listen_host);
        });
    if (elsewhere) {
        findings.push_back({"beacon_interface", Verdict::warning,
                            so + "is not the one that --listen (" + path.listen_host + ") is on",
                            "Who hears the beacon there may not be able to connect to this member.",
                            "Listen on an address of " + name + ", unless that is meant so."});
        return;
    }
    findings.push_back({"beacon_interface", Verdict::ok, so + "is up", "", ""});
}

Finding judge_others(const Hearing& hearing, std::size_t expected) {
    const std::size_t count = hearing.count();
    std::string names;
    for (const std::string& name : hearing.others()) names += (names.empty() ? ": " : ", ") + name;
    const std::string heard =
        count == 0 ? "nobody else was heard" : std::to_string(count) + " others were heard" + names;
    if (count >= expected) return {"beacon_others", Verdict::ok, heard, "", ""};
    return {"beacon_others", Verdict::failed,
            heard + ", where --expect says " + std::to_string(expected),
            "What is sent on the beacon does not get from host to host: the hosts are on different "
            "networks, on another interface than meant, or a firewall, switch or router between "
            "them blocks broadcast or multicast.",
            "Say --beacon-interface on every host, let UDP to the beacon's port through, turn IGMP "
            "snooping without a querier off, or give every member a --seed."};
}

}  // namespace

void examine_beacon(const MemberOptions& member, std::size_t expect_others,
                    std::vector<Finding>& findings) {
    if (member.beacon.empty()) {
        const bool alone = member.seeds.empty();
        findings.push_back(
            {"beacon", alone ? Verdict::warning : Verdict::ok, "the beacon is off",
             alone ? "Without a --seed either, this member finds nobody by itself." : "",
             alone ? "Name a --seed, or leave --beacon off out." : ""});
        return;
    }
    const auto listen = base::parse_endpoint(member.listen);
    const std::string listen_host = listen ? listen->host : "";
    Hearing hearing({.address = member.beacon,
                     .interface = member.beacon_interface,
                     .listen_host = member.beacon_interface.empty() ? listen_host : ""});
    const auto digits = numeric_address(base::parse_host_port(member.beacon).value_or(HostPort{}));
    const bool multicast = digits && is_multicast(*digits);
    if (hearing.problem().empty()) hearing.listen(expect_others);
    const std::string place =
        member.beacon + (member.beacon_interface.empty() ? "" : " on " + member.beacon_interface);
    if (!hearing.problem().empty()) {
        findings.push_back({"beacon", Verdict::failed, hearing.problem(),
                            "Members that have no seeds don't find each other.",
                            "Correct --beacon or --beacon-interface (`ip address` shows what there "
                            "is), or give every member a --seed."});
    } else if (!hearing.heard_itself()) {
        findings.push_back(
            {"beacon", Verdict::failed,
             "what was sent to " + place + " was not heard by a second socket of this very host",
             std::string(multicast ? "Multicast" : "Broadcast") +
                 " is blocked here, or goes another way: members without seeds don't find each "
                 "other.",
             "Let UDP to that port through this host's firewall, choose the interface with "
             "--beacon-interface, or give every member a --seed."});
    } else {
        findings.push_back(
            {"beacon", Verdict::ok, "what is sent to " + place + " is heard", "", ""});
    }
    examine_interface(member, {multicast, listen_host, hearing.count() > 0}, findings);
    if (hearing.heard_itself() || expect_others > 0) {
        findings.push_back(judge_others(hearing, expect_others));
    }
}

}  // namespace quorate::net
