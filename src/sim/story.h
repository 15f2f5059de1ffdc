// What happened, one readable line each, when somebody wants to read it.
//
//   if (story.on()) story.tell(now, "n2.5", "won the election of term 3");
#pragma once

#include <string>

#include "sim/names.h"

namespace quorate::sim {

class Story {
public:
    explicit Story(bool on) : on_(on) {}
    /// Ask before building a line: most runs tell nothing.
    bool on() const { return on_; }
    void tell(Nanos now, const std::string& who, const std::string& what) const;

private:
    bool on_;
};

}  // namespace quorate::sim
