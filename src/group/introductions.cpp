// Who is there: Hello, its answer, contacts passed on, and the beacon (docs/protocol.md,
// Introductions).
#include "group/loop_impl.h"

namespace quorate::group {

namespace {
constexpr std::size_t contacts_in_a_frame = 64;
/// How much less each says in a crowd than to as many as are none yet.
constexpr std::size_t crowd_patience = 4;
constexpr Nanos resting_interval = std::chrono::seconds(1);
/// Every heartbeat, to everybody: what a member missed reaches it in a few.
constexpr std::size_t contacts_among_members = 2;
}  // namespace

wire::Standing GroupLoop::Impl::standing() const {
    wire::Standing standing;
    write_standing(standing);
    return standing;
}

/// Into one whose text may have had room for the same before.
void GroupLoop::Impl::write_standing(wire::Standing& standing) const {
    standing.leader = {};
    standing.leader_endpoint.clear();
    standing.incarnation = {};
    standing.epoch = 0;
    standing.quorum = standing.lease = false;
    standing.company = company_.size() > 1;
    standing.other_size = former_size_.value_or(0);
    if (!raft_) return;
    standing.other_size = machine_->growing() ? machine_->growing()->size : 0;
    standing.incarnation = machine_->founding().incarnation;
    standing.epoch = machine_->founding().epoch;
    standing.quorum = quorum_;
    standing.leader = raft_->leader();
    if (standing.leader == self_) {
        standing.leader_endpoint = transport_.endpoint();
        standing.lease = now_.boottime < raft_->lease_until();
    } else if (standing.leader) {
        standing.leader_endpoint = endpoint_of(standing.leader);
    }
}

bool GroupLoop::Impl::freshly_answered(const Peer& peer) const {
    return !peer.dead && peer.answered_at + fresh() >= now();
}

/// Whether there is a leader that this member can answer. One that joined behind the end of this
/// member's log is heard before anything tells where it is.
bool GroupLoop::Impl::reaches_leader() const {
    if (!raft_ || !quorum_ || !raft_->leader()) return false;
    return leads() || !endpoint_of(raft_->leader()).empty();
}

/// Whether there is nobody to look for: in the roster, with a leader and a quorum.
bool GroupLoop::Impl::is_settled() const {
    if (is_default()) return company_.size() > 1;
    return reaches_leader() && in_roster(self_);
}

/// Between two Hellos to the same endpoint, while members look for each other: a heartbeat, and
/// longer the more there are, so that what one member says does not grow with their number.
Nanos GroupLoop::Impl::pace() const {
    if (answering_ <= options_.crowd) return timing().heartbeat;
    return timing().heartbeat * (crowd_patience * answering_ / options_.crowd);
}

Nanos GroupLoop::Impl::greeting_interval(const Greeting& greeting) const {
    const Nanos beat = pace();
    if (is_default() && in_roster(greeting.owner)) return company_beat();
    if (is_default() && greeting.answered) return std::max<Nanos>(resting_interval, 4 * beat);
    if (raft_) return is_settled() ? resting_interval : 2 * beat;
    if (greeting.answered) return beat;
    return std::clamp(2 * greeting.interval, beat, 4 * beat);
}

/// A leader hands on, or has just gone: in a crowd nobody is looked for yet, as all would do it.
bool GroupLoop::Impl::is_between_leaders() const {
    return raft_ && in_roster(self_) && roster().size() > options_.crowd &&
           leader_heard_at_ + timing().election_max > now();
}

/// Whether it needn't be greeted to know of it. In a default group nobody else does: whoever has
/// not heard the other for a while greets, and both have, by one Hello and its answer.
bool GroupLoop::Impl::is_known(MemberId id) const {
    if (!is_default()) return in_roster(id);
    return in_roster(id) && last_sign(id) + company_beat() / 2 > now();
}

void GroupLoop::Impl::say_hellos() {
    for (auto& [endpoint, greeting] : peers_.greetings()) {
        if (now() < greeting.next_at || greeting.hinted) continue;
        greeting.interval = greeting_interval(greeting);
        greeting.next_at = now() + greeting.interval;
        // Inside, the leader's rounds tell who is there: only strangers and suspects are greeted.
        const bool known = (is_settled() || is_between_leaders()) && is_known(greeting.owner);
        if ((known && !greeting.urgent) || endpoint == transport_.endpoint()) continue;
        greeting.urgent = false;
        send({}, endpoint, hello_for(greeting));
    }
}

wire::Hello GroupLoop::Impl::hello_for(Greeting& greeting) {
    greeting.nonce = random_.next();
    greeting.sent_at = now();
    wire::Hello hello{introduction(), standing(), options_.spec, greeting.nonce, {}};
    hello.contacts = contacts_for(greeting.owner);
    return hello;
}

/// Who knows many has been told of many: a few at a time, drawn by chance, tell it of the rest.
std::vector<wire::Contact> GroupLoop::Impl::contacts_for(MemberId to) {
    if (is_default()) {
        return some_of(company_, in_roster(to) ? contacts_among_members : contacts_in_a_frame);
    }
    if (answering_ <= options_.crowd || !to)
        return peers_.contacts(now(), fresh(), contacts_in_a_frame);
    return peers_.contacts(now(), fresh(), contacts_among_members, random_.id<MemberId>());
}

/// From a place of chance on, so that of many everybody is named before long.
std::vector<wire::Contact> GroupLoop::Impl::some_of(const std::vector<MemberRecord>& members,
                                                    std::size_t most) {
    std::vector<wire::Contact> contacts;
    const std::size_t all = members.size();
    const std::size_t first = all > most ? random_.below(all) : 0;
    for (std::size_t i = 0; i < all && contacts.size() < most; ++i) {
        const MemberRecord& member = members[(first + i) % all];
        const Peer* peer = peers_.find(member.id);
        const base::PublicKey key = member.id == self_ ? transport_.key()
                                    : peer != nullptr  ? peer->key
                                                       : base::PublicKey();
        contacts.push_back({member.id, member.endpoint, key});
    }
    return contacts;
}

/// What a member says of itself, on a connection that proved its key where there are keys.
Peer& GroupLoop::Impl::introduce(const wire::Header& from, const wire::Introduction& self) {
    Peer& peer = peers_.introduce(from.sender, self, now());
    transport_.learn_key(self.endpoint, peer.key);
    return peer;
}

void GroupLoop::Impl::announce() {
    announce_at_ = now() + (is_settled() ? Nanos(std::chrono::seconds(1)) : 2 * timing().heartbeat);
    wire::Frame& frame = announcement_;
    if (!std::holds_alternative<wire::Beacon>(frame.body)) frame.body = wire::Beacon{};
    auto& beacon = std::get<wire::Beacon>(frame.body);
    frame.header.group = options_.group;
    frame.header.incarnation = incarnation();
    frame.header.sender = self_;
    beacon.self.name = options_.name;
    beacon.self.endpoint = transport_.endpoint();
    beacon.self.role = options_.member.role;
    write_standing(beacon.standing);
    beacon.key = transport_.key();
    transport_.announce(wire::encode(frame));
}

void GroupLoop::Impl::on_hello(const wire::Header& from, const wire::Hello& hello) {
    introduce(from, hello.self);
    wire::HelloReply reply{introduction(), standing(), options_.spec, hello.nonce, {}};
    if (raft_) {
        // Who comes to a group that decides needs no more than a few to find the leader by.
        reply.contacts =
            some_of(machine_->roster(), is_settled() ? options_.crowd : contacts_in_a_frame);
    } else {
        reply.contacts = contacts_for(hello.contacts.empty() ? MemberId{} : from.sender);
    }
    send(from.sender, hello.self.endpoint, std::move(reply));
    // Whoever greets is there: greet back at once, so that two strangers know each other in one
    // round.
    const Greeting* known = peers_.find_greeting(hello.self.endpoint);
    if (known == nullptr) {
        peers_.greet(hello.self.endpoint, now());
    } else if (known->owner != from.sender && known->sent_at + timing().heartbeat / 4 < now()) {
        peers_.greet_now(hello.self.endpoint, now());
    }
    learn_contacts(hello.contacts);
}

void GroupLoop::Impl::on_hello_reply(const wire::Header& from, const wire::HelloReply& reply) {
    Greeting* greeting = nullptr;
    std::string endpoint;
    for (auto& [at, candidate] : peers_.greetings()) {
        if (candidate.nonce == reply.nonce && candidate.sent_at != base::long_ago) {
            greeting = &candidate;
            endpoint = at;
            break;
        }
    }
    if (greeting == nullptr) {
        ++drops_.stale;
        return;
    }
    if (!greeting->answered && logs(LogModule::discovery, LogLevel::debug)) {
        log(LogModule::discovery, LogLevel::debug, "meets " + reply.self.name + " at " + endpoint);
    }
    greeting->answered = true;
    greeting->owner = from.sender;
    if (greeting->hinted) peers_.greet(endpoint, now());
    // An id that was known at this endpoint before we asked, and doesn't answer there, is gone
    // (rule 7).
    std::vector<MemberId> gone;
    for (const auto& [id, peer] : peers_.all()) {
        if (reply.self.endpoint != endpoint) break;  // a Hello that went astray proves nothing
        const bool elsewhere = id == from.sender || peer.intro.endpoint != endpoint;
        if (!elsewhere && !peer.dead && peer.known_at < greeting->sent_at) gone.push_back(id);
    }
    for (const MemberId& id : gone) prove_dead(id, "another member answers at its endpoint");
    Peer& peer = introduce(from, reply.self);
    peer.standing = reply.standing;
    consider_former_size(from.sender, reply);
    GroupSpec of_our_size = reply.spec;
    of_our_size.size = options_.spec.size;
    peer.same_but_size = of_our_size == options_.spec;
    if (peer.same_but_size) consider_greater_size(reply);
    peer.same_spec = reply.spec == options_.spec;
    peer.answered_at = now();
    if (reply.self.endpoint != endpoint) peers_.greet(reply.self.endpoint, now());
    if (!raft_ && joining_ && !joining_->asked_there && joining_->endpoint == endpoint) {
        joining_->ask_at = now();  // the leader, of whom another told: it can be asked now
    }
    highest_epoch_ = std::max(highest_epoch_, reply.standing.epoch);
    learn_contacts(reply.contacts);
    if (gives_way(from.sender, peer, reply.spec)) {
        const std::string why = "the group " + options_.group + " is used with another " +
                                "specification: " + *find_difference(reply.spec, options_.spec);
        story("is refused: " + why);
        outbox_.post(Refused{why});
        finish();
        return;
    }
    if (is_default()) return consider_company(from, peer);
    const IncarnationId theirs = reply.standing.incarnation;
    if (raft_ && theirs && theirs != machine_->founding().incarnation) {
        consider_other_incarnation(from.sender, peer);
    }
}

void GroupLoop::Impl::on_beacon(const wire::Header& from, const wire::Beacon& beacon) {
    if (from.sender == self_) return;
    const bool stranger = is_default()
                              ? !in_roster(from.sender)
                              : !reaches_leader() || beacon.standing.incarnation != incarnation();
    // Anybody can send datagrams, in anybody's name: each is worth one knock at most, and an
    // endpoint one in two heartbeats, however many name it.
    if (!stranger || !transport_.lets_in(beacon.key)) return;
    Greeting& greeting = peers_.greet_hinted(beacon.self.endpoint, now());
    if (!greeting.hinted || now() < greeting.sent_at + 2 * timing().heartbeat) return;
    wire::Frame knock = frame_to({}, hello_for(greeting), std::nullopt);
    transport_.knock(beacon.self.endpoint, beacon.key, wire::encode(knock));
}

void GroupLoop::Impl::learn_contacts(const std::vector<wire::Contact>& contacts) {
    if (reaches_leader()) return;
    for (const wire::Contact& contact : contacts) {
        if (contact.id == self_ || is_dead(contact.id)) continue;
        transport_.learn_key(contact.endpoint, contact.key);
        peers_.greet(contact.endpoint, now());
    }
}

}  // namespace quorate::group
