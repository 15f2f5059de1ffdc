// Who changes the size of the group in some seeds, as docs/protocol.md (Resizing) tells people to.
#pragma once

#include "sim/world.h"

namespace quorate::sim {

class Operator {
public:
    Operator(World& world, std::uint64_t seed) : world_(world), random_(seed) {}

    void begin();

private:
    void lose_one();
    void resize();
    void retire();
    void start_the_new();
    void look_later();
    void look();
    bool is_agreed() const;
    bool has_other_size() const;
    void ask();
    void restart_who_is_left_behind();
    bool grows() const { return world_.profile().resize_to > world_.profile().spec.size; }

    World& world_;
    base::Random random_;
    bool agreed_ = false;
};

}  // namespace quorate::sim
