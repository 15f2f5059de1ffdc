// Where the demo plays: its members, what they say, and waiting for it. One thread; nothing here
// waits longer than it says.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "demo_member.h"
#include "line_io.h"

namespace quorate::apps {

/// Thrown when a step of the demo was not seen to happen; the sentence says which, and what was
/// seen instead.
struct NotSeen {
    std::string sentence;
};

class Stage {
public:
    /// `signals` is a signalfd for what should end the demo. `raw`: every member's events go to
    /// standard output as they come, each with the field `member` added.
    Stage(int signals, bool raw) : signals_(signals), raw_(raw), output_(1) {}

    /// Starts a member; takes the place of the one of the same name that has ended.
    DemoMember& start(const std::string& name, const std::vector<std::string>& options);
    /// Those whose process has not ended, nor will as part of the story.
    std::vector<DemoMember*> members() const;
    DemoMember& member(const std::string& name) const;

    /// A step is what is awaited, in words: its name, and what has to be seen.
    struct Step {
        std::string name;
        std::string expected;
    };
    /// Waits until `seen`; throws NotSeen, with what `instead` tells, after 15 s.
    void await(const Step& step, const std::function<bool()>& seen,
               const std::function<std::string()>& instead);

    using Command = std::pair<DemoMember*, std::string>;
    /// Sends commands to members, all at once, and waits until each is answered ok; returns the
    /// replies. Repeats what was refused because there was no leader or quorum at that moment: such
    /// a command did nothing.
    std::vector<Json> ask(const Step& step, const std::vector<Command>& commands);

    /// To standard output, in its turn.
    void write(const std::string& text);
    /// Waits until what was written has gone out, for up to 1 s.
    void flush() { output_.flush_for(1000); }

private:
    void wait(int milliseconds);
    void read(DemoMember& member);

    const int signals_;
    const bool raw_;
    LineWriter output_;
    std::vector<std::unique_ptr<DemoMember>> cast_;
};

}  // namespace quorate::apps
