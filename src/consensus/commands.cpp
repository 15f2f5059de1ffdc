#include "consensus/commands.h"

#include "consensus/flat_message.h"
#include "consensus/schema_values.h"
#include "consensus/state_machine.h"

namespace quorate::consensus {

namespace {

using schema = schema_log::Command;

constexpr std::uint16_t command_version = 1;
constexpr base::Nanos max_poll_timeout = std::chrono::hours(24);
/// The root, and the small fields of any command.
constexpr std::size_t command_words = 24;

constexpr const char* no_time = "a stamp that is no time";

// ---- to bytes ----

struct Writer {
    schema::Builder root;

    void operator()(const Join& command) { write_member(root.initJoin(), command.member); }
    void operator()(const Leave& command) {
        auto leave = root.initLeave();
        write_id(leave.getMember(), command.member);
        leave.setReason(to_schema<schema_log::Departure>(command.reason));
    }
    void operator()(const OrderedMessage& command) {
        auto ordered = root.initOrdered();
        write_id(ordered.getFrom(), command.from);
        ordered.setRequest(command.request);
        ordered.setSettledBelow(command.settled_below);
        ordered.setAgain(command.again);
        ordered.setAsLeader(command.as_leader);
        ordered.setSentNs(command.sent_ns);
        ordered.setData(as_data(command.data.view()));
    }
    void operator()(const OpenPoll& command) {
        auto open = root.initOpenPoll();
        write_id(open.getPoll(), command.poll);
        write_id(open.getRequester(), command.requester);
        open.setRequest(command.request);
        open.setTimeoutNs(command.timeout.count());
        open.setKind(to_schema<schema_log::Voting>(command.kind));
        open.setTopic(as_data(command.topic));
        if (command.action) {
            open.setSubject(schema_log::Subject::ACTION);
            write_stamp(open.initStamp(), command.stamp);
            write_terms(open.initAction(), *command.action);
        }
    }
    void operator()(const CastVote& command) {
        auto vote = root.initCastVote();
        write_id(vote.getPoll(), command.poll);
        write_id(vote.getVoter(), command.voter);
        vote.setYes(command.yes);
        vote.setUnsynchronised(command.unsynchronised);
    }
    void operator()(const ExpirePoll& command) { write_id(root.initExpirePoll(), command.poll); }
    void operator()(const CloseAction& command) {
        auto close = root.initCloseAction();
        write_id(close.getPoll(), command.poll);
        write_stamp(close.initStamp(), command.stamp);
    }
    void operator()(const CancelAction& command) {
        auto cancel = root.initCancelAction();
        write_id(cancel.getPoll(), command.poll);
        write_id(cancel.getRequester(), command.requester);
        cancel.setRequest(command.request);
        write_stamp(cancel.initStamp(), command.stamp);
    }
    void operator()(const Resize& command) {
        auto resize = root.initResize();
        write_id(resize.getRequester(), command.requester);
        resize.setRequest(command.request);
        resize.setSize(command.size);
    }
    void operator()(const FinishResize& command) {
        auto finish = root.initFinishResize();
        finish.setSince(command.since);
        finish.setJudged(command.judged);
    }
};

struct Measure {
    std::size_t operator()(const Join& command) const { return words_of(command.member); }
    std::size_t operator()(const OrderedMessage& command) const {
        return words_for(command.data.size());
    }
    std::size_t operator()(const OpenPoll& command) const {
        return words_for(command.topic.size());
    }
    template <class Small>
    std::size_t operator()(const Small&) const {
        return 0;
    }
};

// ---- and back: each says why not, or fills in the command ----

const char* read(schema_log::MemberRecord::Reader reader, Join& command) {
    return read_member(reader, command.member) ? nullptr
                                               : "a member's record is not within the limits";
}

const char* read(schema_log::Leave::Reader reader, Leave& command) {
    command.member = read_id<MemberId>(reader.getMember());
    if (!command.member) return "nobody leaves";
    return read_enum(reader.getReason(), Departure::lost, command.reason) ? nullptr
                                                                          : "unknown departure";
}

const char* read(schema_log::OrderedMessage::Reader reader, const Payload& bytes,
                 OrderedMessage& command) {
    command.from = read_id<MemberId>(reader.getFrom());
    command.request = reader.getRequest();
    command.settled_below = reader.getSettledBelow();
    command.again = reader.getAgain();
    command.as_leader = reader.getAsLeader();
    command.sent_ns = reader.getSentNs();
    command.data = Payload(view(reader.getData()), bytes.owner());
    return command.from ? nullptr : "a message from nobody";
}

const char* read(schema_log::OpenPoll::Reader reader, OpenPoll& command) {
    command.poll = read_id<PollId>(reader.getPoll());
    command.requester = read_id<MemberId>(reader.getRequester());
    command.request = reader.getRequest();
    command.timeout = base::Nanos(reader.getTimeoutNs());
    if (!command.poll || !command.requester) return "a poll without an id or a requester";
    if (command.timeout <= base::Nanos::zero() || command.timeout > max_poll_timeout) {
        return "a poll's timeout must be greater than 0 and at most 24 h";
    }
    Subject subject{};
    if (!read_enum(reader.getKind(), Voting::consensus, command.kind) ||
        !read_enum(reader.getSubject(), Subject::action, subject)) {
        return "unknown kind of poll";
    }
    if (subject == Subject::action) {
        if (!read_terms(reader.getAction(), command.action.emplace())) {
            return "an action's terms are not within the limits";
        }
        if (!read_stamp(reader.getStamp(), command.stamp)) return no_time;
    }
    const std::string_view topic = view(reader.getTopic());
    if (topic.size() > StateMachine::max_topic_bytes) return "a poll's topic is over the bound";
    command.topic = topic;
    return nullptr;
}

const char* read(schema_log::CastVote::Reader reader, CastVote& command) {
    command.poll = read_id<PollId>(reader.getPoll());
    command.voter = read_id<MemberId>(reader.getVoter());
    command.yes = reader.getYes();
    command.unsynchronised = reader.getUnsynchronised();
    if (command.yes && command.unsynchronised) return "a yes is nobody's but the component's";
    return command.poll && command.voter ? nullptr : "a vote without a poll or a voter";
}

const char* read(schema_log::Id::Reader reader, ExpirePoll& command) {
    command.poll = read_id<PollId>(reader);
    return command.poll ? nullptr : "no poll is named";
}

const char* read(schema_log::CloseAction::Reader reader, CloseAction& command) {
    command.poll = read_id<PollId>(reader.getPoll());
    if (!read_stamp(reader.getStamp(), command.stamp)) return no_time;
    return command.poll ? nullptr : "no poll is named";
}

const char* read(schema_log::CancelAction::Reader reader, CancelAction& command) {
    command.poll = read_id<PollId>(reader.getPoll());
    command.requester = read_id<MemberId>(reader.getRequester());
    command.request = reader.getRequest();
    if (!read_stamp(reader.getStamp(), command.stamp)) return no_time;
    return command.poll && command.requester ? nullptr : "nothing is called off, or by nobody";
}

const char* read(schema_log::Resize::Reader reader, Resize& command) {
    command.requester = read_id<MemberId>(reader.getRequester());
    command.request = reader.getRequest();
    if (!command.requester) return "nobody asks for another size";
    command.size = reader.getSize();
    return command.size >= 1 && command.size <= GroupSpec::max_size ? nullptr
                                                                    : "no group has that size";
}

const char* read(schema_log::FinishResize::Reader reader, FinishResize& command) {
    command.since = reader.getSince();
    command.judged = reader.getJudged();
    return command.since >= 1 && command.judged >= command.since ? nullptr
                                                                 : "a growth that nobody asked for";
}

const char* read(schema::Reader root, const Payload& bytes, Command& command) {
    if (root.getVersion() != command_version) return "unknown version of a log entry";
    switch (root.which()) {
        case schema::JOIN:
            return read(root.getJoin(), command.emplace<Join>());
        case schema::LEAVE:
            return read(root.getLeave(), command.emplace<Leave>());
        case schema::ORDERED:
            return read(root.getOrdered(), bytes, command.emplace<OrderedMessage>());
        case schema::OPEN_POLL:
            return read(root.getOpenPoll(), command.emplace<OpenPoll>());
        case schema::CAST_VOTE:
            return read(root.getCastVote(), command.emplace<CastVote>());
        case schema::EXPIRE_POLL:
            return read(root.getExpirePoll(), command.emplace<ExpirePoll>());
        case schema::CLOSE_ACTION:
            return read(root.getCloseAction(), command.emplace<CloseAction>());
        case schema::CANCEL_ACTION:
            return read(root.getCancelAction(), command.emplace<CancelAction>());
        case schema::RESIZE:
            return read(root.getResize(), command.emplace<Resize>());
        case schema::FINISH_RESIZE:
            return read(root.getFinishResize(), command.emplace<FinishResize>());
    }
    return "unknown kind of log entry";
}

}  // namespace

Payload encode(const Command& command) {
    FlatBuilder message(command_words + std::visit(Measure{}, command));
    auto root = message.initRoot<schema>();
    root.setVersion(command_version);
    std::visit(Writer{root}, command);
    return message.finish();
}

Result<Command> decode(const Payload& bytes) {
    try {
        const Payload aligned = align(bytes);
        FlatReader message(aligned.view());
        Command command;
        if (const char* problem = read(message.root<schema>(), aligned, command)) {
            return Error{ErrorCode::bad_argument, problem};
        }
        return command;
    } catch (const kj::Exception&) {
        return Error{ErrorCode::bad_argument, "the bytes are no log entry"};
    }
}

}  // namespace quorate::consensus
