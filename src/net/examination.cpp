// Listening and seeds; the beacon has a file of its own.
#include "net/examination.h"

#include <zmq.h>

#include <algorithm>
#include <cerrno>

#include "net/curve.h"
#include "net/interfaces.h"
#include "net/zmq_transport.h"

namespace quorate::net {

namespace {

/// For as long as one examination needs sockets.
class BriefContext {
public:
    BriefContext() : context_(zmq_ctx_new()) {}
    ~BriefContext() {
        while (zmq_ctx_term(context_) != 0 && errno == EINTR) {
        }
    }
    BriefContext(const BriefContext&) = delete;
    BriefContext& operator=(const BriefContext&) = delete;
    void* get() const { return context_; }

private:
    void* context_;
};

bool is_of_this_host(const std::string& host) {
    const auto all = interfaces();
    return std::any_of(all.begin(), all.end(),
                       [&](const Interface& each) { return each.address == without_scope(host); });
}

Finding judge_advertised(const std::string& endpoint, bool was_given) {
    const auto where = base::parse_endpoint(endpoint);
    const std::string host = where ? where->host : "";
    if (is_wildcard(host)) {
        return {
            "advertise", Verdict::failed,
            "the others will be told to connect to " + endpoint + ", which is no host",
            "No member of another host can reach this one.",
            "Say --advertise tcp://HOST:PORT with an address that the others can connect to, or "
            "--listen on one address."};
    }
    if (is_loopback(host)) {
        return {"advertise", Verdict::warning,
                "the others will be told to connect to " + endpoint + ", which is this host alone",
                "Members of other hosts can't take part.",
                "If there are any, --listen on an address of the network that they are on."};
    }
    const bool digits = numeric_address({host, 0}).has_value();
    if (was_given && digits && !is_of_this_host(host)) {
        return {"advertise", Verdict::warning,
                "the others will be told to connect to " + endpoint +
                    ", which no interface of this host has",
                "That works only where somebody translates the address.",
                "If nobody does, leave --advertise out, or correct it."};
    }
    return {"advertise", Verdict::ok, "the others will be told to connect to " + endpoint, "", ""};
}

}  // namespace

void examine_listening(const MemberOptions& member, std::vector<Finding>& findings) {
    BriefContext context;
    ZmqOptions options;
    options.listen = member.listen;
    options.advertise = member.advertise;
    options.security = member.security;
    const auto opened = ZmqTransport::open(context.get(), options);
    if (!opened) {
        findings.push_back({"listen", Verdict::failed, opened.error().message,
                            "A member with these options ends with exit code 69.",
                            "Choose another address or port, or end who has it (a member that runs "
                            "already?); `ss -ltnp` shows who that is."});
        return;
    }
    findings.push_back({"listen", Verdict::ok, "can listen on " + member.listen, "", ""});
    findings.push_back(judge_advertised((*opened)->endpoint(), !member.advertise.empty()));
}

bool examine_keys(const MemberOptions& member, std::vector<Finding>& findings) {
    const Security& security = member.security;
    if (!security.enabled()) {
        findings.push_back(
            {"keys", Verdict::ok, "no key is given: everything is in clear", "", ""});
        return true;
    }
    const auto opened = Curve::open(security);
    if (!opened) {
        findings.push_back({"keys", Verdict::failed, opened.error().message,
                            "A member with these options ends with exit code 64.",
                            "Correct --key or --authorized-keys; `quorate keygen` makes keys."});
        return false;
    }
    const Curve& curve = **opened;
    for (std::string& problem : curve.ring().refresh()) {
        findings.push_back({"keys", Verdict::warning, std::move(problem),
                            "Such a file lets nobody in.",
                            "Copy the public key (FILE.pub of `quorate keygen`) there anew."});
    }
    const auto others = *curve.ring().keys();
    const std::size_t count = others.size() - others.count(curve.public_key());
    const std::string own = to_text(curve.public_key());
    if (count == 0) {
        findings.push_back({"keys", Verdict::warning,
                            "no key but this member's own is in " + security.authorized_keys,
                            "This member talks to nobody.",
                            "Copy the others' public keys there; members need not be restarted."});
        return true;
    }
    findings.push_back({"keys", Verdict::ok,
                        "this member is " + own + ", and lets " + std::to_string(count) +
                            (count == 1 ? " other key in" : " other keys in"),
                        "", ""});
    return true;
}

void examine_seeds(const MemberOptions& member, std::vector<Finding>& findings) {
    if (member.seeds.empty()) return;
    BriefContext context;
    ZmqOptions options;
    options.security = member.security;
    const auto opened = ZmqTransport::open(context.get(), options);
    if (!opened) return;  // examine_listening() has told that there are no sockets
    ZmqTransport& transport = **opened;
    for (const std::string& seed : member.seeds) transport.probe(seed);
    std::vector<io::TransportEvent> events;
    while (events.size() < member.seeds.size()) {
        transport.wait(std::chrono::seconds(1));
        transport.collect(events);
    }
    for (const io::TransportEvent& event : events) {
        const auto* answer = std::get_if<io::ProbeAnswered>(&event);
        if (answer == nullptr) continue;
        using Answer = io::ProbeAnswered::Answer;
        if (answer->answer == Answer::connected) {
            findings.push_back(
                {"seed", Verdict::ok, "somebody listens at " + answer->endpoint, "", ""});
        } else if (answer->answer == Answer::refused) {
            findings.push_back({"seed", Verdict::warning,
                                "nobody listens at " + answer->endpoint + " now",
                                "A seed need not be up yet, but one of them has to be some time.",
                                "Start a member there, or correct --seed."});
        } else {
            findings.push_back({"seed", Verdict::warning,
                                "no answer from " + answer->endpoint + " within 1 s",
                                "The host is down, its name can't be resolved, or a firewall "
                                "swallows what is sent to it.",
                                "Try to ping the host, and see that TCP to that port is let "
                                "through."});
        }
    }
}

}  // namespace quorate::net
