#include "sim/incarnation_order.h"

#include "sim/rule_broken.h"

namespace quorate::sim {

void IncarnationOrder::founded(IncarnationId incarnation, Nanos now) {
    incarnations_.try_emplace(incarnation, Life{now, incarnations_.size() + 1});
}

void IncarnationOrder::acts(IncarnationId incarnation, Nanos now, const char* what) {
    const std::size_t number = incarnations_[incarnation].number;
    if (number > latest_number_) {
        latest_ = incarnation;
        latest_number_ = number;
        latest_first_act_ = now;
    } else if (number < latest_number_) {
        broken("no incarnation decides after a later one",
               brief(incarnation) + " (founded at " +
                   seconds(incarnations_[incarnation].founded_at) + ") " + what + ", while " +
                   brief(latest_) + " (founded at " + seconds(incarnations_[latest_].founded_at) +
                   ") decides since " + seconds(latest_first_act_));
    }
}

}  // namespace quorate::sim
