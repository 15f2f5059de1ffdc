// Frames in and out: what comes from the network is checked here once, counted if it isn't ours,
// and handed to the room it concerns (rule 12).
#include <algorithm>

#include "group/loop_impl.h"

namespace quorate::group {

void GroupLoop::Impl::on_transport_event(const io::TransportEvent& event) {
    struct Visitor {
        Impl& loop;
        void operator()(const io::FrameArrived& e) { loop.on_frame(e); }
        void operator()(const io::ConnectionClosed& e) { loop.on_connection_closed(e.connection); }
        void operator()(const io::ProbeAnswered& e) { loop.on_probe_answered(e); }
        void operator()(const io::BeaconHeard& e) { loop.on_datagram(e.bytes); }
        void operator()(const io::RefusedByPeer& e) { loop.on_refused_by_peer(e); }
        void operator()(const io::SecurityNotice& e) { loop.tell_security(e.sentence); }
    };
    std::visit(Visitor{*this}, event);
}

std::optional<wire::Frame> GroupLoop::Impl::read_frame(const Payload& bytes) {
    auto decoded = wire::decode(bytes, options_.group);
    if (auto* frame = std::get_if<wire::Frame>(&decoded)) return std::move(*frame);
    const auto& error = std::get<wire::DecodeError>(decoded);
    switch (error.drop) {
        case wire::Drop::garbage:
            ++drops_.garbage;
            break;
        case wire::Drop::other_version:
            ++drops_.other_version;
            tell_security("somebody speaks " + error.detail +
                          " of the protocol, and this member version " +
                          std::to_string(wire::protocol_version) + ": they don't hear each other");
            break;
        case wire::Drop::other_group:
            ++drops_.other_group;
            break;
        case wire::Drop::too_large:
            ++drops_.too_large;
            break;
    }
    return std::nullopt;
}

void GroupLoop::Impl::on_frame(const io::FrameArrived& arrived) {
    const std::optional<wire::Frame> frame = read_frame(arrived.bytes);
    if (!frame) return;
    if (std::holds_alternative<wire::Beacon>(frame->body)) {
        ++drops_.garbage;
        return;
    }
    if (!arrived.same_deployment) return on_other_deployment(arrived, *frame);
    if (!is_for_us(frame->header, frame->body) || !may_speak_for(arrived, frame->header)) return;
    if (options_.probe.accepted) options_.probe.accepted(frame->header);
    // Who asks from outside is nobody's peer.
    if (!std::holds_alternative<wire::Inspect>(frame->body)) {
        Peer& peer = peers_.at(frame->header.sender, now());
        peer.heard_at = now();
        peer.key = arrived.key;
        if (std::holds_alternative<wire::RaftFrame>(frame->body)) peer.raft_heard_at = now();
        peers_.connected(arrived.connection, frame->header.sender);
    }
    handle(frame->header, frame->body);
}

/// Anybody can send one, in anybody's name, with keys and without: it is a hint where somebody may
/// be, and nothing else that it could say is heard.
void GroupLoop::Impl::on_datagram(const Payload& bytes) {
    const std::optional<wire::Frame> frame = read_frame(bytes);
    if (!frame) return;
    const auto* beacon = std::get_if<wire::Beacon>(&frame->body);
    if (beacon == nullptr) {
        ++drops_.garbage;
        return;
    }
    if (!is_for_us(frame->header, frame->body)) return;
    if (options_.probe.accepted) options_.probe.accepted(frame->header);
    on_beacon(frame->header, *beacon);
}

bool GroupLoop::Impl::is_for_us(const wire::Header& header, const wire::Body& body) {
    if (header.sender == self_) return false;  // a seed list may name this very member
    if (!header.sender || is_dead(header.sender)) {
        ++drops_.stale;
        return false;
    }
    const bool to_anyone = std::holds_alternative<wire::Hello>(body) ||
                           std::holds_alternative<wire::Beacon>(body) ||
                           std::holds_alternative<wire::Inspect>(body);
    if (to_anyone != !header.receiver || (!to_anyone && header.receiver != self_)) {
        ++drops_.wrong_receiver;
        return false;
    }
    const bool of_an_incarnation = std::holds_alternative<wire::RaftFrame>(body) ||
                                   std::holds_alternative<wire::Proposal>(body) ||
                                   std::holds_alternative<wire::ProposalReply>(body) ||
                                   std::holds_alternative<wire::AppMessages>(body);
    if (is_default() && !is_of_a_company(body)) {
        ++drops_.other_incarnation;
        return false;
    }
    if (!of_an_incarnation) return true;
    IncarnationId ours = incarnation();
    if (is_default()) {
        // A default group has none.
        if (header.incarnation) ++drops_.other_incarnation;
        return !header.incarnation;
    }
    if (!raft_) {
        // Outside, only what may bring us in is taken: from the incarnation we asked, or founded.
        const bool asked = joining_ && joining_->incarnation == header.incarnation;
        const bool founded = accepted_founding_ == header.incarnation;
        if (asked || founded) ours = header.incarnation;
    }
    if (!header.incarnation || header.incarnation != ours) {
        ++drops_.other_incarnation;
        return false;
    }
    return true;
}

void GroupLoop::Impl::handle(const wire::Header& from, const wire::Body& body) {
    struct Visitor {
        Impl& loop;
        const wire::Header& from;
        void operator()(const wire::Hello& m) { loop.on_hello(from, m); }
        void operator()(const wire::HelloReply& m) { loop.on_hello_reply(from, m); }
        void operator()(const wire::FoundingProposal& m) { loop.on_founding_proposal(from, m); }
        void operator()(const wire::FoundingAck& m) { loop.on_founding_ack(from, m); }
        void operator()(const wire::FoundingDone& m) { loop.on_founding_done(from, m); }
        void operator()(const wire::JoinRequest& m) { loop.on_join_request(from, m); }
        void operator()(const wire::JoinReply& m) { loop.on_join_reply(from, m); }
        void operator()(const wire::RaftFrame& m) { loop.on_raft(from, m.message); }
        void operator()(const wire::Proposal& m) { loop.on_proposal(from, m); }
        void operator()(const wire::ProposalReply& m) { loop.on_proposal_reply(from, m); }
        void operator()(const wire::AppMessages& m) { loop.on_app_messages(from, m); }
        void operator()(const wire::Farewell&) { loop.on_farewell(from); }
        void operator()(const wire::Beacon&) {}           // by datagram alone
        void operator()(const wire::OtherDeployment&) {}  // from those with another token alone
        void operator()(const wire::Inspect& m) { loop.on_inspect(from, m); }
        // An answer that nobody here asked for.
        void operator()(const wire::Inspection&) { ++loop.drops_.stale; }
    };
    std::visit(Visitor{*this, from}, body);
}

bool GroupLoop::Impl::send(MemberId to, const std::string& endpoint, wire::Body body,
                           std::optional<IncarnationId> of) {
    if (endpoint.empty()) return false;
    return hand_over(endpoint, wire::encode(frame_to(to, std::move(body), of)));
}

bool GroupLoop::Impl::hand_over(const std::string& endpoint, Payload frame) {
    const bool taken = transport_.send(endpoint, std::move(frame));
    if (!taken) measurements_.link_full();
    return taken;
}

wire::Frame GroupLoop::Impl::frame_to(MemberId to, wire::Body body,
                                      std::optional<IncarnationId> of) const {
    wire::Frame frame;
    frame.header.group = options_.group;
    frame.header.incarnation = of ? *of : incarnation();
    frame.header.sender = self_;
    frame.header.receiver = to;
    frame.body = std::move(body);
    return frame;
}

bool GroupLoop::Impl::send_to(MemberId to, wire::Body body) {
    return send(to, endpoint_of(to), std::move(body));
}

const std::string& GroupLoop::Impl::endpoint_of(MemberId id) const {
    static const std::string not_known;
    if (const MemberRecord* member = find_member(id)) return member->endpoint;
    const auto left = endpoints_.find(id);
    if (left != endpoints_.end()) return left->second;
    const Peer* peer = peers_.find(id);
    return peer ? peer->intro.endpoint : not_known;
}

/// In the roster, or in a seat or on the way to one.
bool GroupLoop::Impl::takes_part(MemberId id) const {
    return in_roster(id) || (raft_ && raft_->configuration().contains(id));
}

bool GroupLoop::Impl::in_a_crowd() const {
    return raft_ && is_settled() && roster().size() > options_.crowd;
}

/// Whether a link to that member is of use for more than a moment. In a crowd a member that does
/// not lead talks to the leader, and about leadership to those that have a seat, like itself;
/// messages go to whom the component likes.
bool GroupLoop::Impl::talks_to(MemberId id) const {
    if (!in_a_crowd() || leads() || !in_roster(id)) return true;
    const Nanos lately = 10 * timing().peer_timeout;
    const Peer* peer = peers_.find(id);
    return looks_after(id) || group_sent_at_ + lately > now() ||
           (peer != nullptr && peer->sent_at + lately > now());
}

/// Whether it is this member's business that another may be gone.
bool GroupLoop::Impl::looks_after(MemberId id) const {
    if (!in_a_crowd() || leads() || id == raft_->leader()) return true;
    return raft_->is_voter() && raft_->configuration().is_voter(id);
}

/// Who left for good leaves no link behind: each costs descriptors and dials for ever.
void GroupLoop::Impl::tidy_links() {
    links_tidied_at_ = now();
    std::erase_if(endpoints_, [&](const auto& entry) { return !takes_part(entry.first); });
    std::erase_if(quiet_raft_at_, [&](const auto& entry) { return !takes_part(entry.first); });
    std::vector<std::string_view>& in_use = endpoints_in_use_;
    for (const auto& [id, endpoint] : endpoints_) {
        if (talks_to(id)) in_use.push_back(endpoint);
    }
    for (const auto& [id, peer] : peers_.all()) {
        if (!peer.dead && talks_to(id)) in_use.push_back(peer.intro.endpoint);
    }
    for (const auto& [endpoint, greeting] : peers_.greetings()) {
        if (talks_to(greeting.owner)) in_use.push_back(endpoint);
    }
    if (joining_) in_use.push_back(joining_->endpoint);
    std::erase_if(askers_, [&](const auto& entry) { return entry.second < now(); });
    for (const auto& [endpoint, until] : askers_) in_use.push_back(endpoint);
    std::sort(in_use.begin(), in_use.end());
    transport_.close_others([&in_use](const std::string& endpoint) {
        return std::binary_search(in_use.begin(), in_use.end(), endpoint);
    });
    in_use.clear();
}

wire::Introduction GroupLoop::Impl::introduction() const {
    return {options_.name, transport_.endpoint(), options_.member.role};
}

}  // namespace quorate::group
