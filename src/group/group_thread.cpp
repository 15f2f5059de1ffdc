#include "group/group_thread.h"

#include <sched.h>
#include <sys/prctl.h>
#include <zmq.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <future>
#include <span>
#include <system_error>

#include "base/check.h"
#include "base/recycling.h"
#include "group/scheduling.h"
#include "group/system_clock.h"
#include "net/zmq_transport.h"

namespace quorate::group {

namespace {

/// The context of the network's sockets, apart from the mailbox's: to end it is to wait until what
/// was said last (a farewell) is on its way, and the mailbox has to outlive that.
class NetworkContext {
public:
    explicit NetworkContext(const ThreadOptions& io) : context_(zmq_ctx_new()) {
        QUORATE_CHECK(context_ != nullptr, "out of file descriptors");
        // libzmq allows 1023 else, whatever the descriptors.
        zmq_ctx_set(context_, ZMQ_MAX_SOCKETS, net::sockets_of_a_transport());
        schedule(io);
    }
    ~NetworkContext() {
        while (zmq_ctx_term(context_) != 0 && errno == EINTR) {
        }
    }
    NetworkContext(const NetworkContext&) = delete;
    NetworkContext& operator=(const NetworkContext&) = delete;
    void* get() const { return context_; }

private:
    /// For the threads that libzmq starts with the first socket. What the machine refuses them
    /// would abort the process: check_real_time() has tried it.
    void schedule(const ThreadOptions& io) {
        if (io.policy == Scheduling::fifo)
            zmq_ctx_set(context_, ZMQ_THREAD_SCHED_POLICY, SCHED_FIFO);
        if (io.policy == Scheduling::rr) zmq_ctx_set(context_, ZMQ_THREAD_SCHED_POLICY, SCHED_RR);
        if (io.policy == Scheduling::other) {
            zmq_ctx_set(context_, ZMQ_THREAD_SCHED_POLICY, SCHED_OTHER);
        }
        if (io.priority > 0) zmq_ctx_set(context_, ZMQ_THREAD_PRIORITY, io.priority);
        for (const int cpu : io.cpus) zmq_ctx_set(context_, ZMQ_THREAD_AFFINITY_CPU_ADD, cpu);
    }

    void* context_;
};

/// What the worker can't find out on its own thread.
Result<> check_real_time(const RealTime& wanted) {
    if (auto tried = try_scheduling(wanted.io, "I/O"); !tried) return tried;
    if (auto tried = try_scheduling(wanted.action, "action"); !tried) return tried;
    return wanted.lock_memory ? lock_memory() : Result<>(Done{});
}

net::ZmqOptions network_options(const MemberOptions& member) {
    net::ZmqOptions options;
    options.security = member.security;
    options.listen = member.listen;
    options.advertise = member.advertise;
    options.link_messages = member.link_messages;
    return options;
}

bool asks_to_leave(const std::vector<io::Command>& commands) {
    return std::any_of(commands.begin(), commands.end(), [](const io::Command& command) {
        return std::holds_alternative<io::LeaveGroup>(command);
    });
}

}  // namespace

class GroupThread::Worker {
public:
    Worker(InprocMailbox& mailbox, const MemberOptions& member, const Actuator& actuator)
        : mailbox_(mailbox),
          context_(member.real_time.io),
          actions_(member.clock_error, member.real_time.action, actuator) {}

    Result<> open(LoopOptions options, SharedBeacons& beacons) {
        name_ = options.group;
        scheduling_ = options.member.real_time.group;
        if (auto checked = check_real_time(options.member.real_time); !checked) return checked;
        auto opened = net::ZmqTransport::open(context_.get(), network_options(options.member),
                                              beacons.connect(options));
        if (!opened) return opened.error();
        transport_ = std::move(*opened);
        if (auto ready = actions_.open(context_.get()); !ready) return ready;
        loop_ = std::make_unique<GroupLoop>(std::move(options), clock_, *transport_, store_,
                                            mailbox_, actions_);
        // So that queries answer from the start.
        mailbox_.publish(loop_->status());
        return Done{};
    }

    /// On the worker's own thread, before run().
    Result<> prepare_thread() const {
        name_this_thread("q:" + name_);
        base::keep_many_blocks();
        // Timers as exact as they get: by default the kernel rounds sleeps up by 50 us.
        prctl(PR_SET_TIMERSLACK, 1UL, 0, 0, 0);
        return schedule_this_thread(scheduling_, "group");
    }

    /// Until the member is gone. Events that were lost, and that the component was not told of.
    std::uint64_t run() {
        try {
            while (!loop_->finished() && read_monotonic() < leave_by_) turn();
            tell_last_action();
        } catch (const std::exception& exception) {
            base::check_failed(__FILE__, __LINE__, "no exceptions in a worker", exception.what());
        }
        // Before anybody can see that this member is gone.
        mailbox_.publish_lease(base::long_ago);
        const std::uint64_t untold = loop_->untold_losses();
        loop_.reset();
        transport_->close_all(flush_bound);
        return untold;
    }

private:
    void turn() {
        CommandQueue& waiting = mailbox_.commands();
        void* const reports = actions_.socket();
        void* const sockets[] = {waiting.socket(), reports};
        const base::Nanos deadline = std::min(loop_->next_deadline(), leave_by_);
        // Both are told of the sleep, whatever the first one says.
        bool idle = waiting.may_sleep();
        if (reports) idle = actions_.may_sleep() && idle;
        const base::Nanos pause = idle ? deadline - read_monotonic() : base::Nanos(0);
        transport_->wait(pause, std::span(sockets, reports ? 2 : 1));
        arrived_.clear();
        transport_->collect(arrived_, turn_inputs);
        commands_.clear();
        if (reports) actions_.take(commands_, turn_inputs);
        waiting.take(commands_, turn_inputs);
        if (leave_by_ == base::never && asks_to_leave(commands_)) {
            // Later than the loop's own bound, which is the one that should take effect.
            leave_by_ = read_monotonic() + leave_bound + flush_bound;
        }
        loop_->turn(arrived_, commands_);
        mailbox_.flush();
    }

    /// One that was being done when the member left has been done, and its component is told so.
    void tell_last_action() {
        actions_.stop();
        if (actions_.socket() == nullptr) return;
        commands_.clear();
        actions_.take(commands_, turn_inputs);
        arrived_.clear();
        loop_->turn(arrived_, commands_);
        mailbox_.flush();
    }

    InprocMailbox& mailbox_;
    std::string name_;
    ThreadOptions scheduling_;
    NetworkContext context_;
    SystemClock clock_;
    io::NoStore store_;
    ActionThread actions_;
    std::unique_ptr<net::ZmqTransport> transport_;
    std::unique_ptr<GroupLoop> loop_;
    std::vector<io::TransportEvent> arrived_;
    std::vector<io::Command> commands_;
    base::Nanos leave_by_ = base::never;
};

GroupThread::GroupThread(const LoopOptions& options, Published& published, const Actuator& actuator)
    : mailbox_(options.member.mailbox_commands, options.member.mailbox_events, published),
      worker_(std::make_unique<Worker>(mailbox_, options.member, actuator)) {}

Result<std::unique_ptr<GroupThread>> GroupThread::start(LoopOptions options, SharedBeacons& beacons,
                                                        Published& published,
                                                        const Actuator& actuator) {
    const std::string name = options.group;
    try {
        return start_or_throw(std::move(options), beacons, published, actuator);
    } catch (const std::system_error& error) {
        // By std::thread: the worker's own, the beacon's, that for keys, or one that tries how
        // threads may be scheduled.
        return Error{ErrorCode::not_permitted, "the machine has no thread to give for " + name +
                                                   " (" + error.code().message() +
                                                   "): " + how_to_get_threads};
    }
}

Result<std::unique_ptr<GroupThread>> GroupThread::start_or_throw(LoopOptions options,
                                                                 SharedBeacons& beacons,
                                                                 Published& published,
                                                                 const Actuator& actuator) {
    std::unique_ptr<GroupThread> started(new GroupThread(options, published, actuator));
    if (auto opened = started->worker_->open(std::move(options), beacons); !opened) {
        return opened.error();
    }
    std::promise<Result<>> prepared;
    std::future<Result<>> permitted = prepared.get_future();
    started->thread_ = std::thread([self = started.get(), told = std::move(prepared)]() mutable {
        const Result<> outcome = self->worker_->prepare_thread();
        told.set_value(outcome);
        if (!outcome) return;
        const std::uint64_t untold = self->worker_->run();
        self->worker_.reset();
        self->mailbox_.finish(untold);
    });
    if (auto outcome = permitted.get(); !outcome) return outcome.error();
    return started;
}

GroupThread::~GroupThread() {
    if (thread_.joinable()) thread_.join();
}

}  // namespace quorate::group
