// A hostile network (design rule 12): garbage, torn frames, frames of other groups, and frames that
// reach another than they were sent to, or come again much later.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/world.h"

namespace quorate::sim {

class Hostile {
public:
    Hostile(World& world, std::uint64_t seed);
    void begin();
    void stop() { stopped_ = true; }

private:
    struct Recorded {
        std::string endpoint;  ///< whom it was sent to
        Payload bytes;
    };
    void record(const std::string& endpoint, const Payload& bytes);
    void strike_later();
    void strike();
    Payload garbage();
    Payload torn(const Payload& bytes);
    Payload of_another_group(const Payload& bytes);

    World& world_;
    base::Random random_;
    std::vector<Recorded> recorded_;
    std::uint64_t seen_ = 0;
    bool stopped_ = false;
};

}  // namespace quorate::sim
