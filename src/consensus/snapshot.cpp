// The whole state as bytes, for members that the log no longer reaches.
#include "consensus/flat_message.h"
#include "consensus/schema_values.h"
#include "consensus/state_machine.h"

namespace quorate::consensus {

namespace {

constexpr std::uint16_t state_version = 1;
constexpr std::size_t state_words = 24;
constexpr std::size_t words_per_poll = 24;
constexpr std::size_t words_per_ballot = 3;
constexpr std::size_t words_per_id = 2;
constexpr std::size_t words_per_session = 6;

void write_ids(capnp::List<schema_log::Id>::Builder builder, const MemberIds& ids) {
    for (unsigned i = 0; i < ids.size(); ++i) write_id(builder[i], ids[i]);
}

bool read_ids(capnp::List<schema_log::Id>::Reader reader, MemberIds& ids) {
    if (reader.size() > StateMachine::max_roster) return false;
    for (const auto id : reader) ids.push_back(read_id<MemberId>(id));
    return true;
}

void write_action(schema_log::Action::Builder builder, const Action& action) {
    write_id(builder.getPoll(), action.poll);
    builder.setTopic(as_data(action.topic));
    write_terms(builder.initTerms(), action.terms);
    write_ids(builder.initElectorate(count_of(action.electorate.size())), action.electorate);
}

bool read_action(schema_log::Action::Reader reader, Action& action) {
    action.poll = read_id<PollId>(reader.getPoll());
    action.topic = view(reader.getTopic());
    return action.poll && action.topic.size() <= StateMachine::max_topic_bytes &&
           read_terms(reader.getTerms(), action.terms) &&
           read_ids(reader.getElectorate(), action.electorate);
}

void write_poll(schema_log::Poll::Builder builder, const Poll& poll) {
    write_id(builder.getId(), poll.id);
    write_id(builder.getRequester(), poll.requester);
    builder.setOpenedAt(poll.opened_at);
    builder.setTimeoutNs(poll.timeout.count());
    builder.setKind(to_schema<schema_log::Voting>(poll.kind));
    if (poll.action) {
        builder.setSubject(schema_log::Subject::ACTION);
        write_terms(builder.initAction(), *poll.action);
    }
    builder.setTopic(as_data(poll.topic));
    auto ballots = builder.initElectorate(count_of(poll.electorate.size()));
    unsigned i = 0;
    for (const auto& [voter, ballot] : poll.electorate) {
        auto entry = ballots[i++];
        write_id(entry.getVoter(), voter);
        entry.setChoice(to_schema<schema_log::Choice>(ballot.choice));
        entry.setGone(ballot.gone);
        entry.setUnsynchronised(ballot.unsynchronised);
    }
}

bool read_poll(schema_log::Poll::Reader reader, Poll& poll) {
    poll.id = read_id<PollId>(reader.getId());
    poll.requester = read_id<MemberId>(reader.getRequester());
    poll.opened_at = reader.getOpenedAt();
    poll.timeout = base::Nanos(reader.getTimeoutNs());
    poll.topic = view(reader.getTopic());
    if (!poll.id || poll.topic.size() > StateMachine::max_topic_bytes) return false;
    Subject subject{};
    if (!read_enum(reader.getKind(), Voting::consensus, poll.kind) ||
        !read_enum(reader.getSubject(), Subject::action, subject)) {
        return false;
    }
    if (subject == Subject::action && !read_terms(reader.getAction(), poll.action.emplace())) {
        return false;
    }
    const auto ballots = reader.getElectorate();
    if (ballots.size() > StateMachine::max_roster) return false;
    for (const auto entry : ballots) {
        Poll::Ballot ballot;
        if (!read_enum(entry.getChoice(), Poll::Ballot::Choice::no, ballot.choice)) return false;
        ballot.gone = entry.getGone();
        ballot.unsynchronised = entry.getUnsynchronised();
        if (!poll.electorate.emplace(read_id<MemberId>(entry.getVoter()), ballot).second)
            return false;
    }
    // What is certain has been closed, but for actions that wait for their stamp.
    return poll.timeout > base::Nanos::zero() && (!poll.certain() || poll.waits_for_stamp());
}

void write_result(schema_log::PollResult::Builder builder, const PollClosed& result) {
    write_id(builder.getPoll(), result.poll);
    builder.setIndex(result.index);
    builder.setYesVotes(result.yes_votes);
    builder.setNoVotes(result.no_votes);
    builder.setElectorate(result.electorate);
    builder.setOutcome(to_schema<schema_log::Outcome>(result.outcome));
    builder.setCancelled(result.cancelled);
    if (result.action) write_terms(builder.initAction(), *result.action);
    write_ids(builder.initVoters(count_of(result.voters.size())), result.voters);
    write_ids(builder.initUnsynchronised(count_of(result.unsynchronised.size())),
              result.unsynchronised);
}

bool read_result(schema_log::PollResult::Reader reader, PollClosed& result) {
    result.poll = read_id<PollId>(reader.getPoll());
    result.index = reader.getIndex();
    result.yes_votes = reader.getYesVotes();
    result.no_votes = reader.getNoVotes();
    result.electorate = reader.getElectorate();
    result.cancelled = reader.getCancelled();
    if (!result.poll || !read_ids(reader.getVoters(), result.voters) ||
        !read_ids(reader.getUnsynchronised(), result.unsynchronised)) {
        return false;
    }
    if (reader.hasAction() && !read_terms(reader.getAction(), result.action.emplace())) {
        return false;
    }
    return read_enum(reader.getOutcome(), Outcome::lost, result.outcome);
}

void write_session(schema_log::Session::Builder builder, MemberId member,
                   const Sessions::Session& session) {
    write_id(builder.getMember(), member);
    builder.setBase(session.base);
    builder.setLastIndex(session.last_index);
    auto applied = builder.initApplied(count_of(session.applied.size()));
    for (unsigned i = 0; i < session.applied.size(); ++i) applied.set(i, session.applied[i]);
}

bool read_session(schema_log::Session::Reader reader, Sessions& sessions) {
    Sessions::Session session;
    session.base = reader.getBase();
    session.last_index = reader.getLastIndex();
    const auto applied = reader.getApplied();
    if (applied.size() > Sessions::window) return false;
    for (const std::uint64_t index : applied) session.applied.push_back(index);
    return sessions.add(read_id<MemberId>(reader.getMember()), std::move(session));
}

void write_growing(schema_log::Growing::Builder builder, const Growing& growing) {
    builder.setSize(growing.size);
    write_id(builder.getRequester(), growing.requester);
    builder.setRequest(growing.request);
    builder.setSince(growing.since);
    builder.setJoined(growing.joined);
}

bool read_growing(schema_log::Growing::Reader reader, const GroupSpec& spec,
                  std::optional<Growing>& growing) {
    if (reader.getSize() == 0) return true;
    growing = Growing{reader.getSize(), read_id<MemberId>(reader.getRequester()),
                      reader.getRequest(), reader.getSince(), reader.getJoined()};
    return growing->requester && growing->size > spec.size && growing->size <= GroupSpec::max_size;
}

}  // namespace

Payload StateMachine::serialize() const {
    std::size_t words = state_words + words_of(founding_) + words_of(roster_);
    for (const auto& [id, poll] : polls_) {
        words += words_per_poll + words_for(poll.topic.size());
        words += poll.electorate.size() * words_per_ballot;
    }
    for (const auto& [id, result] : results_) {
        words += words_per_poll + result.voters.size() * words_per_id +
                 result.unsynchronised.size() * words_per_id;
    }
    for (const auto& [id, action] : actions_) {
        words += words_per_poll + words_for(action.topic.size()) +
                 action.electorate.size() * words_per_id;
    }
    for (const auto& [member, session] : sessions_.all()) {
        words += words_per_session + session.applied.size();
    }
    FlatBuilder message(words);
    auto state = message.initRoot<schema_log::State>();
    state.setVersion(state_version);
    state.setApplied(applied_);
    write_founding(state.initFounding(), founding_);
    write_roster(state.initRoster(count_of(roster_.size())), roster_);
    if (growing_) write_growing(state.initGrowing(), *growing_);
    auto polls = state.initPolls(count_of(polls_.size()));
    unsigned i = 0;
    for (const auto& [id, poll] : polls_) write_poll(polls[i++], poll);
    auto results = state.initResults(count_of(results_by_age_.size()));
    i = 0;
    for (const PollId& id : results_by_age_) write_result(results[i++], results_.at(id));
    auto actions = state.initActions(count_of(actions_.size()));
    i = 0;
    for (const auto& [id, action] : actions_) write_action(actions[i++], action);
    auto sessions = state.initSessions(count_of(sessions_.all().size()));
    i = 0;
    for (const auto& [member, session] : sessions_.all()) {
        write_session(sessions[i++], member, session);
    }
    return message.finish();
}

Result<StateMachine> StateMachine::restore(const Payload& bytes) {
    const Error bad{ErrorCode::bad_argument, "the bytes are no state of a group"};
    try {
        const Payload aligned = align(bytes);
        FlatReader message(aligned.view());
        const auto state = message.root<schema_log::State>();
        Founding founding;
        if (state.getVersion() != state_version || !read_founding(state.getFounding(), founding))
            return bad;
        StateMachine machine(std::move(founding));
        machine.applied_ = state.getApplied();
        if (!read_roster(state.getRoster(), machine.roster_)) return bad;
        if (!read_growing(state.getGrowing(), machine.spec(), machine.growing_)) return bad;
        const auto polls = state.getPolls();
        const auto results = state.getResults();
        if (polls.size() > max_open_polls || results.size() > max_closed_polls) return bad;
        for (const auto reader : polls) {
            Poll poll;
            if (!read_poll(reader, poll)) return bad;
            const PollId id = poll.id;
            if (!machine.polls_.emplace(id, std::move(poll)).second) return bad;
        }
        for (const auto reader : results) {
            PollClosed result;
            if (!read_result(reader, result)) return bad;
            const bool known = machine.find_poll(result.poll) || machine.find_result(result.poll);
            if (known) return bad;
            machine.keep_result(std::move(result));
        }
        const auto actions = state.getActions();
        if (actions.size() > max_actions) return bad;
        for (const auto reader : actions) {
            Action action;
            if (!read_action(reader, action)) return bad;
            const PollId id = action.poll;
            if (machine.find_poll(id) != nullptr) return bad;
            if (!machine.actions_.emplace(id, std::move(action)).second) return bad;
        }
        const auto sessions = state.getSessions();
        if (sessions.size() > max_roster) return bad;
        for (const auto reader : sessions) {
            if (!read_session(reader, machine.sessions_)) return bad;
        }
        return machine;
    } catch (const kj::Exception&) {
        return bad;
    }
}

}  // namespace quorate::consensus
