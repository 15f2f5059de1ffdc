// One member, from joining to leaving: waits for its group, standard input, signals and a slow
// reader of its output at once, in one thread. None of them can hold up the others, and nothing
// here can hold up the group, which has a thread of its own.
#pragma once

#include <deque>
#include <map>
#include <string>

#include "event_output.h"
#include "line_io.h"
#include "member_commands.h"
#include "member_options.h"

namespace quorate::apps {

class MemberSession {
public:
    /// `signals` is a signalfd for what should end the session.
    MemberSession(const MemberCommandOptions& options, Coordinator& coordinator, Group& group,
                  int signals);

    /// Until the member has left. Returns the exit code.
    int run();
    /// Where the metrics can be asked for: told right behind `started`.
    void set_metrics_url(const std::string& url) { metrics_url_ = url; }

private:
    struct Awaited {
        CommandName name;
        Duration at{};  ///< request-action: the moment
    };

    void wait();
    void take_events();
    void take_event(const Event& event);
    /// How many bytes there were.
    std::size_t read_input();
    void answer_what_waits();
    void take_line(const LineSplitter::Line& line);
    void begin_leaving();
    /// Or has left.
    bool leaving() const { return left_ || leave_deadline_ms_ != never_ms; }

    void carry_out(const CommandName& name, const command::Send& command);
    void carry_out(const CommandName& name, const command::SendOrdered& command);
    void carry_out(const CommandName& name, const command::SendToLeader& command);
    void carry_out(const CommandName& name, const command::SendToMember& command);
    void carry_out(const CommandName& name, const command::RequestVote& command);
    void carry_out(const CommandName& name, const command::RequestAction& command);
    void carry_out(const CommandName& name, const command::Cancel& command);
    void carry_out(const CommandName& name, const command::Vote& command);
    void carry_out(const CommandName& name, const command::Status& command);
    void carry_out(const CommandName& name, const command::Transfer& command);
    void carry_out(const CommandName& name, const command::Resize& command);
    void carry_out(const CommandName& name, const command::Leave& command);
    void carry_out(const CommandName& name, const command::Bad& command);

    void vote();
    void expect(const CommandName& name, const Request& request, Duration at = {});
    void reply_when_done(const Awaited& awaited, const RequestDone& done);
    void fail(const CommandName& name, const Error& error);
    void write(const Json& described);

    static constexpr long never_ms = -1;

    const MemberCommandOptions& options_;
    Coordinator& coordinator_;
    Group& group_;
    const int signals_;
    LineSplitter input_;
    bool started_ = false;
    bool input_open_ = true;
    LineWriter output_;
    std::uint64_t commands_ = 0;
    std::map<RequestId, Awaited> awaited_;
    std::deque<PollId> owed_votes_;
    std::string metrics_url_;
    long leave_deadline_ms_ = never_ms;  ///< CLOCK_MONOTONIC; backstop only
    bool left_ = false;
    std::optional<std::string> refused_;
};

}  // namespace quorate::apps
