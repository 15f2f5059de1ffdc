#include "quorate/group.h"

#include "group/group_impl.h"

namespace quorate {

Group::Group(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Group::~Group() = default;

Request Group::send(Payload data, Completion done) {
    return impl_->send(io::SendToGroup{0, std::move(data)}, std::move(done));
}
Request Group::send_ordered(Payload data, Completion done) {
    return impl_->send(io::SendOrdered{0, std::move(data)}, std::move(done));
}
Request Group::send_ordered_as_leader(Payload data, Completion done) {
    return impl_->send(io::SendOrdered{0, std::move(data), true}, std::move(done));
}
Request Group::send_to_leader(Payload data, Completion done) {
    return impl_->send(io::SendToLeader{0, std::move(data)}, std::move(done));
}
Request Group::send_to_member(MemberId to, Payload data, Completion done) {
    return impl_->send_to_member(to, std::move(data), std::move(done));
}
Request Group::request_vote(std::string topic, VoteOptions options, Completion done) {
    return impl_->request_vote(std::move(topic), options, std::move(done));
}
Request Group::request_action(std::string topic, Duration at, ActionOptions options,
                              Completion done) {
    return impl_->request_action(std::move(topic), at, options, std::move(done));
}
Request Group::cancel_action(PollId poll, Completion done) {
    return impl_->cancel_action(poll, std::move(done));
}
void Group::set_actuator(std::function<void(const ActionDue&)> actuator) {
    impl_->actuator().set(std::move(actuator));
}
Request Group::retry(RequestId request, Completion done) {
    return impl_->retry(request, std::move(done));
}
Request Group::send_vote(PollId poll, bool yes, Completion done) {
    return impl_->send_vote(poll, yes, std::move(done));
}
Request Group::resize(std::uint32_t size, Completion done) {
    return impl_->resize(size, std::move(done));
}

Request Group::transfer_leadership(MemberId to, Completion done) {
    return impl_->transfer_leadership(to, std::move(done));
}
Result<RequestDone> Group::await(const Request& request, Duration timeout) {
    return impl_->await(request, timeout);
}

bool Group::am_leader() const {
    return impl_->am_leader();
}
MemberId Group::leader() const {
    return impl_->published()->leader;
}
std::vector<MemberInfo> Group::members() const {
    return impl_->published()->members;
}
std::size_t Group::size() const {
    return impl_->published()->members.size();
}
bool Group::has_quorum() const {
    return impl_->published()->quorum;
}
MemberId Group::id() const {
    return impl_->published()->id;
}
const std::string& Group::name() const {
    return impl_->name();
}
GroupSpec Group::spec() const {
    return impl_->spec();
}
Duration Group::action_time() const {
    return impl_->action_time();
}
GroupStatus Group::status() const {
    return impl_->status();
}
GroupMetrics Group::metrics() const {
    return impl_->metrics();
}
std::vector<ElectionRecord> Group::elections() const {
    return impl_->elections();
}

void Group::on_started(Handler<Started> handler) {
    impl_->handlers().set(std::move(handler));
}
void Group::on_joined(Handler<Joined> handler) {
    impl_->handlers().set(std::move(handler));
}
void Group::on_member_joined(Handler<MemberJoined> handler) {
    impl_->handlers().set(std::move(handler));
}
void Group::on_member_left(Handler<MemberLeft> handler) {
    impl_->handlers().set(std::move(handler));
}
void Group::on_leader_elected(Handler<LeaderElected> handler) {
    impl_->handlers().set(std::move(handler));
}
void Group::on_leader_lost(Handler<LeaderLost> handler) {
    impl_->handlers().set(std::move(handler));
}
void Group::on_quorum_lost(Handler<QuorumLost> handler) {
    impl_->handlers().set(std::move(handler));
}
void Group::on_quorum_regained(Handler<QuorumRegained> handler) {
    impl_->handlers().set(std::move(handler));
}
void Group::on_evicted(Handler<Evicted> handler) {
    impl_->handlers().set(std::move(handler));
}
void Group::on_group_reset(Handler<GroupReset> handler) {
    impl_->handlers().set(std::move(handler));
}
void Group::on_state_restored(Handler<StateRestored> handler) {
    impl_->handlers().set(std::move(handler));
}
void Group::on_split(Handler<Split> handler) {
    impl_->handlers().set(std::move(handler));
}
void Group::on_events_lost(Handler<EventsLost> handler) {
    impl_->handlers().set(std::move(handler));
}
void Group::on_message(Handler<Message> handler) {
    impl_->handlers().set(std::move(handler));
}
void Group::on_message_to_leader(Handler<MessageToLeader> handler) {
    impl_->handlers().set(std::move(handler));
}
void Group::on_message_to_member(Handler<MessageToMember> handler) {
    impl_->handlers().set(std::move(handler));
}
void Group::on_vote_request(Handler<VoteRequest> handler) {
    impl_->handlers().set(std::move(handler));
}
void Group::on_vote_result(Handler<VoteResult> handler) {
    impl_->handlers().set(std::move(handler));
}
void Group::on_action_due(Handler<ActionDue> handler) {
    impl_->handlers().set(std::move(handler));
}
void Group::on_action_missed(Handler<ActionMissed> handler) {
    impl_->handlers().set(std::move(handler));
}
void Group::on_action_cancelled(Handler<ActionCancelled> handler) {
    impl_->handlers().set(std::move(handler));
}
void Group::on_request_done(Handler<RequestDone> handler) {
    impl_->handlers().set(std::move(handler));
}
void Group::on_refused(Handler<Refused> handler) {
    impl_->handlers().set(std::move(handler));
}
void Group::on_security_notice(Handler<SecurityNotice> handler) {
    impl_->handlers().set(std::move(handler));
}
void Group::on_left(Handler<Left> handler) {
    impl_->handlers().set(std::move(handler));
}

void Group::pull_events() {
    impl_->pull_events();
}
std::optional<Event> Group::next_event() {
    return impl_->next_event();
}
int Group::descriptor() const {
    return impl_->descriptor();
}

}  // namespace quorate
