#include "member_session.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

namespace quorate::apps {

namespace {

/// Room for the longest message that a group takes, and the words before it.
constexpr std::size_t longest_line = (std::size_t{1} << 20) + 4096;
/// The library gives up on leaving after 2 s; this is for what nobody thought of.
constexpr long leave_bound_ms = 4000;
/// When a vote is sent again that the group had no room for.
constexpr int vote_again_ms = 10;
/// How long a reader of standard output that has stopped reading may hold up the end.
constexpr int last_flush_ms = 1000;

long now_ms() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace

MemberSession::MemberSession(const MemberCommandOptions& options, Coordinator& coordinator,
                             Group& group, int signals)
    : options_(options),
      coordinator_(coordinator),
      group_(group),
      signals_(signals),
      input_(longest_line),
      output_(STDOUT_FILENO) {
    group_.pull_events();
}

int MemberSession::run() {
    while (!left_) {
        wait();
        vote();
        take_events();
        output_.flush();
        if (output_.broken()) begin_leaving();
        if (leaving() && now_ms() >= leave_deadline_ms_) break;
    }
    output_.flush_for(last_flush_ms);
    if (refused_) complain("member", "refused: " + *refused_);
    return refused_ ? exit_refused : exit_ok;
}

void MemberSession::wait() {
    // A reader that doesn't keep up gets no more events until it does: they wait in the group's
    // mailbox, which is bounded and says so. Whoever wants to leave doesn't wait for readers.
    const bool held_up = output_.full() && !leaving();
    // `started` is the first line, whatever stands on standard input already: nothing is read
    // before.
    const bool reads = input_open_ && started_;
    // Commands are read for longer, since `leave` may be one of them; and their end is seen always.
    const short input_events = output_.overfull() ? 0 : POLLIN;
    enum { from_signals, from_group, from_input, to_output, all };
    pollfd fds[all] = {{signals_, POLLIN, 0},
                       {held_up ? -1 : group_.descriptor(), POLLIN, 0},
                       {reads ? STDIN_FILENO : -1, input_events, 0},
                       {output_.empty() ? -1 : STDOUT_FILENO, POLLOUT, 0}};
    int timeout = -1;
    if (leaving()) timeout = static_cast<int>(std::max(leave_deadline_ms_ - now_ms(), 0L));
    if (!owed_votes_.empty() && !leaving()) timeout = vote_again_ms;
    if (poll(fds, all, timeout) < 0) return;  // EINTR
    if (fds[from_signals].revents != 0) {
        signalfd_siginfo info;
        (void)!read(signals_, &info, sizeof info);
        begin_leaving();
    }
    if (fds[from_input].revents != 0) read_input();
}

void MemberSession::take_events() {
    while (leaving() || !output_.full()) {
        const std::optional<Event> event = group_.next_event();
        if (!event) return;
        take_event(*event);
        if (output_.full()) output_.flush();
    }
}

void MemberSession::take_event(const Event& event) {
    if (std::holds_alternative<Left>(event)) {
        left_ = true;
        answer_what_waits();
    }
    if (const auto described = describe_event(event)) write(*described);
    if (const auto* done = std::get_if<RequestDone>(&event)) {
        const auto awaited = awaited_.extract(done->request);
        if (!awaited.empty()) reply_when_done(awaited.mapped(), *done);
    } else if (const auto* asked = std::get_if<VoteRequest>(&event)) {
        if (options_.vote) owed_votes_.push_back(asked->poll);
        vote();
    } else if (std::holds_alternative<Started>(event)) {
        started_ = true;
        if (!metrics_url_.empty()) write(Json{{"event", "metrics"}, {"url", metrics_url_}});
        const std::string problem = group_.status().beacon_problem;
        if (!problem.empty()) complain("member", problem);
    } else if (const auto* refused = std::get_if<Refused>(&event)) {
        refused_ = refused->reason;
    } else if (const auto* notice = std::get_if<SecurityNotice>(&event)) {
        complain("member", notice->sentence);
    }
}

/// As --vote says; what the group has no room for is sent again.
void MemberSession::vote() {
    while (!owed_votes_.empty()) {
        const Request sent = group_.send_vote(owed_votes_.front(), *options_.vote);
        if (!sent && sent.error().code == ErrorCode::would_block) return;
        owed_votes_.pop_front();
    }
}

std::size_t MemberSession::read_input() {
    char bytes[64 * 1024];
    const ssize_t size = read(STDIN_FILENO, bytes, sizeof bytes);
    if (size < 0 && (errno == EINTR || errno == EAGAIN)) return 0;
    if (size > 0) {
        input_.add(bytes, static_cast<std::size_t>(size));
        while (const auto line = input_.next()) take_line(*line);
        return static_cast<std::size_t>(size);
    }
    input_open_ = false;
    if (const auto line = input_.rest()) take_line(*line);
    if (!options_.hold) begin_leaving();
    return 0;
}

/// Behind `left` nothing is answered any more. What stands on standard input is all that is waited
/// for: who goes on writing doesn't hold up the end.
void MemberSession::answer_what_waits() {
    int waiting = 0;
    if (ioctl(STDIN_FILENO, FIONREAD, &waiting) != 0) return;
    pollfd input{STDIN_FILENO, POLLIN, 0};
    for (std::int64_t unread = waiting; input_open_ && unread >= 0;) {
        if (poll(&input, 1, 0) <= 0) return;
        unread -= static_cast<std::int64_t>(read_input());
    }
}

void MemberSession::take_line(const LineSplitter::Line& line) {
    const CommandName name{first_word(line.text), ++commands_};
    if (line.cut) {
        const bool message = carries_message(name.word);
        return fail(name, {message ? ErrorCode::too_large : ErrorCode::bad_argument,
                           "a line is at most " + std::to_string(longest_line) + " bytes"});
    }
    const MemberCommand parsed = parse_command(line.text);
    const bool needs_group = !std::holds_alternative<command::Status>(parsed) &&
                             !std::holds_alternative<command::Bad>(parsed);
    if (leaving() && needs_group) {
        return fail(name, {ErrorCode::no_quorum, "this member is leaving the group"});
    }
    std::visit([&](const auto& command) { carry_out(name, command); }, parsed);
}

void MemberSession::begin_leaving() {
    if (leaving()) return;
    leave_deadline_ms_ = now_ms() + leave_bound_ms;
    coordinator_.leave_group(group_);
}

void MemberSession::carry_out(const CommandName& name, const command::Send& command) {
    expect(name, group_.send(command.text));
}
void MemberSession::carry_out(const CommandName& name, const command::SendOrdered& command) {
    expect(name, group_.send_ordered(command.text));
}
void MemberSession::carry_out(const CommandName& name, const command::SendToLeader& command) {
    expect(name, group_.send_to_leader(command.text));
}
void MemberSession::carry_out(const CommandName& name, const command::SendToMember& command) {
    // To the library the id of nobody means the last sender; whoever wrote it out here meant no
    // such thing.
    if (command.to && !*command.to) {
        return fail(name, {ErrorCode::unknown_member,
                           "no member " + command.to->hex() + " is in the roster"});
    }
    expect(name, group_.send_to_member(command.to.value_or(MemberId{}), command.text));
}
void MemberSession::carry_out(const CommandName& name, const command::RequestVote& command) {
    expect(name,
           group_.request_vote(command.topic, {.kind = command.kind, .timeout = command.timeout}));
}
void MemberSession::carry_out(const CommandName& name, const command::RequestAction& command) {
    const Duration at = group_.action_time() + command.in;
    expect(name,
           group_.request_action(command.topic, at,
                                 {.kind = command.kind, .timeout = command.timeout}),
           at);
}
void MemberSession::carry_out(const CommandName& name, const command::Cancel& command) {
    expect(name, group_.cancel_action(command.poll));
}
void MemberSession::carry_out(const CommandName& name, const command::Vote& command) {
    expect(name, group_.send_vote(command.poll, command.yes));
}
void MemberSession::carry_out(const CommandName& name, const command::Status&) {
    Json reply = describe_success(name);
    add_status(reply, group_.status());
    write(reply);
}
void MemberSession::carry_out(const CommandName& name, const command::Transfer& command) {
    expect(name, group_.transfer_leadership(command.to));
}
void MemberSession::carry_out(const CommandName& name, const command::Resize& command) {
    expect(name, group_.resize(command.size));
}
void MemberSession::carry_out(const CommandName& name, const command::Leave&) {
    leave_deadline_ms_ = now_ms() + leave_bound_ms;
    expect(name, coordinator_.leave_group(group_));
}
void MemberSession::carry_out(const CommandName& name, const command::Bad& command) {
    fail(name, {ErrorCode::bad_argument, command.sentence});
}

void MemberSession::expect(const CommandName& name, const Request& request, Duration at) {
    if (request) {
        awaited_[*request] = {name, at};
    } else {
        fail(name, request.error());
    }
}

void MemberSession::reply_when_done(const Awaited& awaited, const RequestDone& done) {
    const CommandName& name = awaited.name;
    if (done.error) return fail(name, *done.error);
    Json reply = describe_success(name);
    if (name.word == "send-ordered") reply["index"] = done.index;
    if (done.poll) reply["poll"] = done.poll.hex();
    if (name.word == "request-action") reply["at_ns"] = awaited.at.count();
    write(reply);
}

void MemberSession::fail(const CommandName& name, const Error& error) {
    write(describe_failure(name, error_word(error.code), error.message));
}

void MemberSession::write(const Json& described) {
    output_.add(
        format_line(options_.json ? Style::json : Style::readable, group_.name(), described));
}

}  // namespace quorate::apps
