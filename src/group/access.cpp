// Who may speak for whom, and what becomes of a member that the others don't let in
// (docs/security.md). Without keys nothing of this happens.
#include "group/loop_impl.h"

namespace quorate::group {

namespace {

/// How long a member that is outside puts up with being refused by all that it finds: longer than a
/// key that was just added takes to be read everywhere.
constexpr Nanos refusal_patience = std::chrono::seconds(5);
/// A refusal that has not been repeated for so long says nothing any more.
constexpr Nanos refusal_memory = std::chrono::seconds(2);
/// Lines are for people: one a minute of each kind, and so many of all.
constexpr Nanos notice_interval = std::chrono::minutes(1);
constexpr std::size_t notices_an_interval = 10;

}  // namespace

void GroupLoop::Impl::on_refused_by_peer(const io::RefusedByPeer& refusal) {
    note_refusal(refusal.reason);
}

/// A frame of our group from somebody whose key is trusted, but who doesn't know our token. Whoever
/// greets is told, so that both sides know; nothing else is done with it.
void GroupLoop::Impl::on_other_deployment(const io::FrameArrived& arrived,
                                          const wire::Frame& frame) {
    ++drops_.other_deployment;
    const std::string name = "the deployment's token (--token-file) differs from that of ";
    if (const auto* hello = std::get_if<wire::Hello>(&frame.body)) {
        tell_security(name + hello->self.name + " at " + hello->self.endpoint);
        transport_.learn_key(hello->self.endpoint, arrived.key);
        send(frame.header.sender, hello->self.endpoint, wire::OtherDeployment{hello->nonce});
    } else if (const auto* answer = std::get_if<wire::OtherDeployment>(&frame.body)) {
        for (const auto& [endpoint, greeting] : peers_.greetings()) {
            const bool ours = greeting.nonce == answer->nonce && greeting.sent_at != base::long_ago;
            if (!ours) continue;
            // Only who was named as one to ask first is missed: others share the network, and
            // perhaps the keys, and are another deployment.
            const std::string sentence = name + "the member at " + endpoint;
            return greeting.seed ? note_refusal(sentence) : tell_security(sentence);
        }
    }
}

/// An id belongs to the key that it was first heard with, for as long as that key is let in. Where
/// there are keys, what comes without one comes from nobody.
bool GroupLoop::Impl::may_speak_for(const io::FrameArrived& arrived, const wire::Header& header) {
    if (!arrived.key) {
        const bool nobody_has_one = !transport_.key();
        if (!nobody_has_one) ++drops_.forged_sender;
        return nobody_has_one;
    }
    // Whoever reaches this member has found its key among its own authorized ones: we are let in.
    access_.refused_since = never;
    const Peer* peer = peers_.find(header.sender);
    if (peer == nullptr || !peer->key || peer->key == arrived.key) return true;
    if (!transport_.lets_in(peer->key)) return true;
    ++drops_.forged_sender;
    tell_security("a member with another key speaks in the name of " + peer->intro.name + " (" +
                  header.sender.hex() + "): it is not heard");
    return false;
}

void GroupLoop::Impl::note_refusal(const std::string& reason) {
    if (access_.refused_since == never || access_.refused_at + refusal_memory < now()) {
        access_.refused_since = now();
    }
    access_.refused_at = now();
    access_.reason = reason;
    tell_security(reason);
}

/// Inside of an incarnation, or in company, it goes on trying: keys may be on their way, and the
/// group's own rules say when the incarnation is given up.
void GroupLoop::Impl::give_in_to_refusal() {
    if (raft_ || company_.size() > 1 || leaving_ || access_.refused_since == never) return;
    if (access_.refused_at + refusal_memory < now()) return;
    if (access_.refused_since + refusal_patience > now()) return;
    story("is refused: " + access_.reason);
    outbox_.post(Refused{access_.reason});
    finish();
}

void GroupLoop::Impl::tell_security(const std::string& sentence) {
    std::erase_if(access_.told,
                  [&](const auto& entry) { return entry.second + notice_interval <= now(); });
    if (access_.told.size() >= notices_an_interval || access_.told.contains(sentence)) return;
    access_.told[sentence] = now();
    outbox_.post(SecurityNotice{sentence});
}

}  // namespace quorate::group
