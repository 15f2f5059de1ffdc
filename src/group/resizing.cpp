// Another size of the deployment, agreed through the log (rule 1; docs/protocol.md, Resizing).
#include <algorithm>

#include "group/loop_impl.h"

namespace quorate::group {

/// A newcomer comes with the size agreed on; or, once a greater one was asked for, with that: so
/// nobody comes in any more who does not know it. One that started again may be needed for it.
std::optional<std::string> GroupLoop::Impl::find_difference_in(const GroupSpec& theirs) const {
    GroupSpec ours = machine_->spec();
    ours.size = machine_->coming_size();
    return find_difference(theirs, ours);
}

void GroupLoop::Impl::run(io::Resize& command) {
    if (options_.member.peers < 2 * std::size_t{command.size}) {
        failed(command.request, ErrorCode::bad_argument,
               "peers (" + std::to_string(options_.member.peers) +
                   ") must be at least twice the size: join with more of them first");
        return;
    }
    propose_or_fail(command.request, consensus::Resize{self_, command.request, command.size});
}

/// The leader's: once the seats are those of the greater size, and everybody in the roster has the
/// entry that asks for it, nobody can found by the old size any more.
void GroupLoop::Impl::finish_resize() {
    const auto& growing = machine_->growing();
    if (!growing || raft_->change_in_progress() ||
        raft_->configuration().seats != machine_->wanted_seats() || now() < finish_again_at_) {
        return;
    }
    const raft::Index known_at = std::max(growing->since, raft_->configuration_index());
    const auto& roster = machine_->roster();
    const bool all_know = std::all_of(roster.begin(), roster.end(), [&](const auto& member) {
        return member.id == self_ || raft_->match_index(member.id) >= known_at;
    });
    if (!all_know) return;
    finish_again_at_ = now() + timing().election_max;
    propose(0, consensus::FinishResize{growing->since, std::max(machine_->applied(), known_at)});
}

void GroupLoop::Impl::take_effect(const consensus::Resized& effect) {
    options_.spec.size = effect.size;
    finish_again_at_ = base::long_ago;
    status_dirty_ = membership_dirty_ = true;
    story("the group has size " + std::to_string(effect.size));
    if (effect.requester == self_ && requests_.end(effect.request)) done(effect.request);
}

void GroupLoop::Impl::take_effect(const consensus::ResizeRejected& effect) {
    if (effect.requester != self_ || !requests_.end(effect.request)) return;
    failed(effect.request, effect.error.code, effect.error.message);
}

/// The greatest size that was asked for as far as this member's log tells, agreed or not: others
/// may have seen it take effect.
std::uint32_t GroupLoop::Impl::largest_known_size() const {
    std::uint32_t largest = machine_->coming_size();
    for_each_unapplied([&](const consensus::Command& command) {
        const auto* resize = std::get_if<consensus::Resize>(&command);
        if (resize != nullptr) largest = std::max(largest, resize->size);
    });
    return largest;
}

/// The greatest size that was asked for behind this member's Join, if that is in its log and not
/// applied yet: it counts among those who have acknowledged that size.
std::uint32_t GroupLoop::Impl::largest_size_behind_own_join() const {
    bool admitted = false;
    std::uint32_t largest = 0;
    for_each_unapplied([&](const consensus::Command& command) {
        const auto* join = std::get_if<consensus::Join>(&command);
        const auto* resize = std::get_if<consensus::Resize>(&command);
        if (join != nullptr && join->member.id == self_) admitted = true;
        if (resize != nullptr && admitted) largest = std::max(largest, resize->size);
    });
    return largest;
}

/// Out of the incarnation: with no smaller size than may have taken effect there.
void GroupLoop::Impl::go_with_known_size() {
    finish_again_at_ = base::long_ago;
    // A newcomer was let in with a size, and is too short in to have seen that in the log.
    const bool newcomer = came_with_size_ != 0;
    if (newcomer) options_.spec.size = std::exchange(came_with_size_, 0);
    const std::uint32_t known = newcomer ? largest_size_behind_own_join() : largest_known_size();
    if (known > options_.spec.size) former_size_ = std::exchange(options_.spec.size, known);
}

/// Another that is outside went with a greater size, and this member has the former one of it: so
/// that they don't wait for each other for ever, it takes the greater one as well.
void GroupLoop::Impl::consider_greater_size(const wire::HelloReply& reply) {
    if (raft_ || joining_ || reply.standing.incarnation) return;
    if (reply.standing.other_size != options_.spec.size) return;
    if (reply.spec.size <= options_.spec.size || former_size_) return;
    former_size_ = std::exchange(options_.spec.size, reply.spec.size);
    status_dirty_ = true;
    story("takes size " + std::to_string(reply.spec.size) + ", as others of its group have it");
}

/// This member went with a greater size that was not agreed yet. Where a leader decides by the
/// former one, under a lease, it never was.
void GroupLoop::Impl::consider_former_size(MemberId from, const wire::HelloReply& reply) {
    if (raft_ || !former_size_ || reply.spec.size != *former_size_) return;
    const wire::Standing& theirs = reply.standing;
    if (!theirs.quorum || !theirs.lease || theirs.leader != from) return;
    if (theirs.other_size == options_.spec.size) return;  // it is being agreed on there
    options_.spec.size = *former_size_;
    former_size_.reset();
    status_dirty_ = true;
    story("has its former size again: the greater one was not agreed");
}

}  // namespace quorate::group
