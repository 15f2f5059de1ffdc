// What a command tells: lines, indented under the message that caused them, with the time in front
// where time passes. Not thread-safe; never blocks.
#pragma once

#include <string>
#include <utility>

#include "tests/scenarios/transcript.h"
#include "tests/scenarios/words.h"

namespace quorate::scenarios {

/// silent: only broken invariants. brief: also what becomes of the members. full: also messages.
enum class Detail { silent, brief, full };

class Story {
public:
    Detail detail = Detail::full;

    void message(const std::string& line) { tell(Detail::full, line); }
    void event(const std::string& line) { tell(Detail::brief, line); }
    /// An answer to a question of the script, or a broken invariant: told at every detail.
    void always(const std::string& line) { tell(Detail::silent, line); }

    /// Lines that follow happened at this time after the start.
    void at(Nanos time) { when_ = "at " + in_ms(time); }
    void no_time() { when_.clear(), told_when_.clear(); }

    struct Indented {
        explicit Indented(Story& of) : story(of) { ++story.depth_; }
        ~Indented() { --story.depth_; }
        Indented(const Indented&) = delete;
        Indented& operator=(const Indented&) = delete;
        Story& story;
    };

    Lines take() { return std::exchange(lines_, {}); }

private:
    void tell(Detail least, const std::string& line) {
        if (detail < least) return;
        if (when_ != told_when_) lines_.push_back(told_when_ = when_);
        // Without the messages there is nothing to stand under.
        lines_.push_back(std::string(detail == Detail::full ? depth_ * 4 : 0, ' ') + line);
    }

    Lines lines_;
    std::size_t depth_ = 0;
    std::string when_;
    std::string told_when_;
};

}  // namespace quorate::scenarios
