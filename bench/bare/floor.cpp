// The floor under ordered messages: see nodes.h.
#include <algorithm>
#include <cstring>
#include <thread>

#include "bench/bare/node_ports.h"
#include "bench/samples.h"
#include "bench/stopwatch.h"
#include "bench/worker_lines.h"

namespace quorate::bench::bare {

namespace {

constexpr std::size_t samples_per_run = 20'000;
constexpr int drain_limit = 1024;

/// What is kept of a closed loop of requests: when each was asked, and how long it took.
class Requests {
public:
    explicit Requests(std::size_t outstanding) : asked_(outstanding) {}

    std::uint64_t missing() const { return asked_.size() - (asked_count_ - committed_); }
    std::uint64_t asked() const { return asked_count_; }
    std::uint64_t committed() const { return committed_; }
    void ask(std::int64_t now) { asked_[asked_count_++ % asked_.size()] = now; }
    void commit(std::uint64_t up_to, std::int64_t now) {
        for (; committed_ < up_to; ++committed_) {
            if (committed_ % stride_ != 0) continue;
            samples_.add(now - asked_[committed_ % asked_.size()]);
            if (samples_.size() == samples_per_run / 2) stride_ = 64;
        }
    }
    void tell(std::int64_t elapsed) const {
        WorkerLines::say("ordered " + std::to_string(committed_) + ' ' + std::to_string(elapsed) +
                         ' ' + samples_.text());
    }

private:
    std::vector<std::int64_t> asked_;
    std::uint64_t asked_count_ = 0;
    std::uint64_t committed_ = 0;
    std::uint64_t stride_ = 1;
    Samples samples_;
};

/// The leader's side of replication: requests in one message a turn, acknowledgements back.
class Replication {
public:
    Replication(Context& context, const NodePorts& ports)
        : inbox_(context, ZMQ_PULL), nodes_(connect_to_all(context, ports)) {
        inbox_.bind(ports.own_endpoint());
    }

    /// To both followers: what has been added since the last time.
    void replicate(const std::vector<char>& values, std::uint64_t last) {
        for (std::size_t follower = 1; follower < nodes_.size(); ++follower) {
            Message batch(sizeof last + values.size());
            std::memcpy(batch.data(), &last, sizeof last);
            std::memcpy(batch.data() + sizeof last, values.data(), values.size());
            nodes_[follower].send(batch);
        }
    }
    /// Takes the acknowledgements that wait. One follower and the leader are a majority.
    void take_acknowledgements() {
        while (inbox_.try_receive(message_)) {
            acknowledged_ = std::max(acknowledged_, number_in(message_));
        }
    }
    std::uint64_t acknowledged() const { return acknowledged_; }
    const Socket& inbox() const { return inbox_; }

private:
    Socket inbox_;
    std::vector<Socket> nodes_;
    Message message_;
    std::uint64_t acknowledged_ = 0;
};

struct Run {
    std::size_t outstanding;
    std::int64_t duration_ns;
    std::size_t bytes;
};

Run read_run(const Words& command) {
    return {.outstanding = static_cast<std::size_t>(number_at(command, 1)),
            .duration_ns = number_at(command, 2) * 1'000'000,
            .bytes = static_cast<std::size_t>(number_at(command, 3))};
}

/// Requests come up in the thread that replicates them.
class DirectLeader {
public:
    DirectLeader(Context& context, const NodePorts& ports) : replication_(context, ports) {}

    void run() {
        WorkerLines lines;
        while (true) {
            if (const auto command = lines.next_command(-1)) measure(read_run(*command));
        }
    }

private:
    void measure(const Run& run) {
        Requests requests(run.outstanding);
        std::vector<char> values;
        const std::uint64_t before = replication_.acknowledged();
        const std::int64_t begin = monotonic_ns();
        std::int64_t now = begin;
        while (now < begin + run.duration_ns || requests.committed() < requests.asked()) {
            if (now < begin + run.duration_ns && requests.missing() > 0) {
                values.resize(requests.missing() * run.bytes, '.');
                while (requests.missing() > 0) requests.ask(now);
                replication_.replicate(values, before + requests.asked());
            }
            wait_for({&replication_.inbox()}, -1);
            replication_.take_acknowledgements();
            now = monotonic_ns();
            requests.commit(replication_.acknowledged() - before, now);
        }
        requests.tell(now - begin);
    }

    Replication replication_;
};

/// Requests come from a component thread, one by one over inproc; it is told of commits.
class HopLeader {
public:
    HopLeader(Context& context, const NodePorts& ports)
        : component_(context, ZMQ_PAIR), worker_(context, ZMQ_PAIR), replication_(context, ports) {
        component_.bind("inproc://component");
        worker_.connect("inproc://component");
    }

    void run() {
        std::thread worker([this] { replicate_all(); });
        WorkerLines lines;
        while (true) {
            if (const auto command = lines.next_command(-1)) measure(read_run(*command));
        }
    }

private:
    /// The worker thread: never ends.
    void replicate_all() {
        std::vector<char> values;
        std::uint64_t last = 0;
        std::uint64_t told = 0;
        Message message;
        while (true) {
            wait_for({&worker_, &replication_.inbox()}, -1);
            replication_.take_acknowledgements();
            if (replication_.acknowledged() > told) {
                told = replication_.acknowledged();
                worker_.send_number(told);
            }
            values.clear();
            for (int i = 0; i < drain_limit && worker_.try_receive(message); ++i, ++last) {
                values.insert(values.end(), message.data(), message.data() + message.size());
            }
            if (!values.empty()) replication_.replicate(values, last);
        }
    }

    void measure(const Run& run) {
        Requests requests(run.outstanding);
        const std::uint64_t before = committed_;
        const std::int64_t begin = monotonic_ns();
        std::int64_t now = begin;
        while (now < begin + run.duration_ns || requests.committed() < requests.asked()) {
            while (now < begin + run.duration_ns && requests.missing() > 0) {
                Message value(run.bytes);
                std::memset(value.data(), '.', run.bytes);
                requests.ask(monotonic_ns());
                component_.send(value);
            }
            wait_for({&component_}, -1);
            Message notice;
            while (component_.try_receive(notice)) committed_ = number_in(notice);
            now = monotonic_ns();
            requests.commit(committed_ - before, now);
        }
        requests.tell(now - begin);
    }

    Socket component_;
    Socket worker_;
    Replication replication_;
    std::uint64_t committed_ = 0;
};

}  // namespace

void run_floor_leader(const Arguments& arguments) {
    Arguments place = arguments;
    if (place.empty()) throw Failed("arguments are missing");
    const bool hop = place[0] == "hop";
    place[0] = "0";  // the leader is the first
    const NodePorts ports = NodePorts::parse(place);
    Context context;
    if (hop) {
        HopLeader(context, ports).run();
    } else {
        DirectLeader(context, ports).run();
    }
}

void run_floor_follower(const Arguments& arguments) {
    const NodePorts ports = NodePorts::parse(arguments);
    Context context;
    Socket inbox(context, ZMQ_PULL);
    inbox.bind(ports.own_endpoint());
    std::vector<Socket> nodes = connect_to_all(context, ports);
    WorkerLines lines;
    Message message;
    while (true) {
        wait_for({&inbox}, 1000);
        std::uint64_t last = 0;
        while (inbox.try_receive(message)) last = number_in(message);
        if (last > 0) {
            nodes.front().send_number(last);
        } else {
            lines.next_command(0);  // ends the process when nobody wants it any more
        }
    }
}

}  // namespace quorate::bench::bare
