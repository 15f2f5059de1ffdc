// Questions from outside the group: answered with what this member knows, to whoever asks, and so
// rarely that nobody can burden it by asking.
#include "group/loop_impl.h"

namespace quorate::group {

namespace {
/// An answer takes a frame, and a link where who asks is new.
constexpr int answers_at_once = 20;
constexpr Nanos per_answer = std::chrono::milliseconds(20);
/// Whose links are left when others are tidied away; whoever comes on top has its own dialled anew.
constexpr std::size_t max_askers = 64;
}  // namespace

/// A token bucket: answers_at_once in a row, then one every per_answer.
bool GroupLoop::Impl::may_answer() {
    const Nanos earliest = now() - answers_at_once * per_answer;
    answered_until_ = std::max(answered_until_, earliest);
    if (answered_until_ >= now()) return false;
    answered_until_ += per_answer;
    return true;
}

void GroupLoop::Impl::on_inspect(const wire::Header& from, const wire::Inspect& question) {
    if (!may_answer()) {
        measurements_.rate_limited();
        return;
    }
    wire::Inspection answer{question.nonce, options_.name, {}};
    switch (question.subject) {
        case wire::Inspect::Subject::status:
            answer.answer = status();
            break;
        case wire::Inspect::Subject::elections:
            answer.answer = std::vector<ElectionRecord>(elections_.records().begin(),
                                                        elections_.records().end());
            break;
    }
    send(from.sender, question.reply_to, std::move(answer));
    // So that the next tidying leaves the link to who goes on asking.
    if (askers_.size() < max_askers || askers_.contains(question.reply_to)) {
        askers_[question.reply_to] = now() + timing().peer_timeout;
    }
}

}  // namespace quorate::group
