#include "observe/metrics_text.h"

#include <prometheus/text_serializer.h>

#include <limits>
#include <sstream>

#include "quorate/metrics_server.h"

namespace quorate::observe {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

double in_seconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

/// One family under way; series are added to it.
class FamilyBuilder {
public:
    FamilyBuilder(std::string name, std::string help, MetricType type) {
        family_.name = "quorate_" + std::move(name);
        family_.help = std::move(help);
        family_.type = type;
    }
    using Labels = std::vector<ClientMetric::Label>;
    void add(const NamedMetrics& of, double value, const Labels& labels = {}) {
        ClientMetric& series = add_series(of, labels);
        if (family_.type == MetricType::Counter) {
            series.counter.value = value;
        } else {
            series.gauge.value = value;
        }
    }
    void add(const NamedMetrics& of, const DurationHistogram& histogram) {
        ClientMetric& series = add_series(of, {});
        std::uint64_t below = 0;
        for (std::size_t i = 0; i < DurationHistogram::ranges; ++i) {
            const bool last = i == DurationHistogram::bounds_ns.size();
            below += histogram.in_range(i);
            series.histogram.bucket.push_back(
                {below, last ? std::numeric_limits<double>::infinity()
                             : in_seconds(Duration(DurationHistogram::bounds_ns[i]))});
        }
        series.histogram.sample_count = below;
        series.histogram.sample_sum = in_seconds(histogram.sum());
    }
    MetricFamily finish() && { return std::move(family_); }

private:
    ClientMetric& add_series(const NamedMetrics& of, const Labels& labels) {
        ClientMetric& series = family_.metric.emplace_back();
        series.label.push_back({"group", of.group});
        series.label.insert(series.label.end(), labels.begin(), labels.end());
        return series;
    }
    MetricFamily family_;
};

class Describer {
public:
    explicit Describer(const std::vector<NamedMetrics>& all) : all_(all) {}

    template <class Value>
    void gauge(const char* name, const char* help, Value&& value_of) {
        plain(name, help, MetricType::Gauge, value_of);
    }
    template <class Value>
    void counter(const char* name, const char* help, Value&& value_of) {
        plain(name, help, MetricType::Counter, value_of);
    }
    void histogram(const char* name, const char* help,
                   const DurationHistogram& (*histogram_of)(const GroupMetrics&)) {
        FamilyBuilder family(name, help, MetricType::Histogram);
        for (const NamedMetrics& each : all_) family.add(each, histogram_of(each.metrics));
        families_.push_back(std::move(family).finish());
    }
    /// `add_all(family, metrics)` adds a group's series.
    template <class AddAll>
    void labelled(const char* name, const char* help, MetricType type, AddAll&& add_all) {
        FamilyBuilder family(name, help, type);
        for (const NamedMetrics& each : all_) add_all(family, each);
        families_.push_back(std::move(family).finish());
    }
    std::vector<MetricFamily> finish() && { return std::move(families_); }

private:
    template <class Value>
    void plain(const char* name, const char* help, MetricType type, Value&& value_of) {
        FamilyBuilder family(name, help, type);
        for (const NamedMetrics& each : all_) {
            family.add(each, static_cast<double>(value_of(each.metrics)));
        }
        families_.push_back(std::move(family).finish());
    }
    const std::vector<NamedMetrics>& all_;
    std::vector<MetricFamily> families_;
};

void describe_standing(Describer& to) {
    to.labelled("state", "1 for the state that this member is in, 0 for the others.",
                MetricType::Gauge, [](FamilyBuilder& family, const NamedMetrics& of) {
                    for (int i = 0; i <= static_cast<int>(State::outside); ++i) {
                        const auto state = static_cast<State>(i);
                        family.add(of, of.metrics.state == state ? 1 : 0,
                                   {{"state", std::string(to_string(state))}});
                    }
                });
    to.gauge("has_leader", "Whether this member knows a leader.",
             [](const GroupMetrics& m) { return m.has_leader ? 1 : 0; });
    to.gauge("has_quorum", "Whether this member hears a majority.",
             [](const GroupMetrics& m) { return m.quorum ? 1 : 0; });
    to.gauge("term", "Raft's term.", [](const GroupMetrics& m) { return m.term; });
    to.gauge("epoch", "The incarnation's epoch; 0 outside of any.",
             [](const GroupMetrics& m) { return m.epoch; });
    to.gauge("commit_index", "The last log entry that is agreed on.",
             [](const GroupMetrics& m) { return m.commit_index; });
    to.gauge("log_entries", "Entries of the log that are held in memory.",
             [](const GroupMetrics& m) { return m.log_entries; });
    to.gauge("members", "Members in the agreed roster.",
             [](const GroupMetrics& m) { return m.members; });
    to.gauge("members_alive", "Of those, the ones heard lately, as far as this member can tell.",
             [](const GroupMetrics& m) { return m.alive; });
}

void describe_leadership(Describer& to) {
    to.labelled("leader_changes_total", "Leaders seen elected, by what set the election off.",
                MetricType::Counter, [](FamilyBuilder& family, const NamedMetrics& of) {
                    for (std::size_t i = 0; i < election_triggers; ++i) {
                        const auto trigger = static_cast<ElectionTrigger>(i);
                        family.add(of, static_cast<double>(of.metrics.leader_changes[i]),
                                   {{"trigger", std::string(to_string(trigger))}});
                    }
                });
    to.histogram(
        "election_duration_seconds", "From missing a leader to knowing the next one.",
        [](const GroupMetrics& m) -> const DurationHistogram& { return m.election_duration; });
    to.counter("heartbeats_missed_total", "The leader's signs of life that failed to come in time.",
               [](const GroupMetrics& m) { return m.heartbeats_missed; });
    to.histogram(
        "commit_latency_seconds", "At the leader: from appending an entry to its commit.",
        [](const GroupMetrics& m) -> const DurationHistogram& { return m.commit_latency; });
}

void describe_worker(Describer& to) {
    to.histogram("loop_lateness_seconds", "How late the worker's turns began.",
                 [](const GroupMetrics& m) -> const DurationHistogram& { return m.loop_lateness; });
    to.histogram(
        "action_lateness_seconds", "How late timed actions were fired.",
        [](const GroupMetrics& m) -> const DurationHistogram& { return m.actions.lateness; });
    to.counter("actions_missed_total", "Timed actions that could not be fired in time.",
               [](const GroupMetrics& m) { return m.actions.missed; });
    to.gauge("mailbox_commands", "The component's requests that wait for the worker.",
             [](const GroupMetrics& m) { return m.commands_waiting; });
    to.gauge("mailbox_events", "Events that wait for the component.",
             [](const GroupMetrics& m) { return m.events_waiting; });
    to.counter("events_lost_total", "Events that found the mailbox full.",
               [](const GroupMetrics& m) { return m.events_lost; });
    to.labelled("frames_dropped_total", "Frames that did not get where they were meant to.",
                MetricType::Counter, [](FamilyBuilder& family, const NamedMetrics& of) {
                    for (std::size_t i = 0; i < drop_causes; ++i) {
                        const auto cause = static_cast<DropCause>(i);
                        family.add(of, static_cast<double>(of.metrics.dropped[i]),
                                   {{"cause", std::string(to_string(cause))}});
                    }
                });
}

void describe_peers(Describer& to) {
    const auto label = [](const PeerMetrics& peer) {
        return FamilyBuilder::Labels{{"peer", peer.name}, {"id", peer.id.hex()}};
    };
    to.labelled("peer_round_trip_seconds",
                "At a leader: from a request to the peer's answer, smoothed.", MetricType::Gauge,
                [&](FamilyBuilder& family, const NamedMetrics& of) {
                    for (const PeerMetrics& peer : of.metrics.peers) {
                        if (peer.round_trip == Duration::zero()) continue;  // not measured
                        family.add(of, in_seconds(peer.round_trip), label(peer));
                    }
                });
    to.labelled("peer_silence_seconds", "Since anything was heard of the peer.", MetricType::Gauge,
                [&](FamilyBuilder& family, const NamedMetrics& of) {
                    for (const PeerMetrics& peer : of.metrics.peers) {
                        family.add(of, in_seconds(peer.silence), label(peer));
                    }
                });
}

}  // namespace

std::vector<MetricFamily> describe_metrics(const std::vector<NamedMetrics>& all) {
    Describer describer(all);
    describe_standing(describer);
    describe_leadership(describer);
    describe_worker(describer);
    describe_peers(describer);
    return std::move(describer).finish();
}

}  // namespace quorate::observe

namespace quorate {

std::string prometheus_text(const std::string& group, const GroupMetrics& metrics) {
    std::ostringstream text;
    prometheus::TextSerializer().Serialize(text, observe::describe_metrics({{group, metrics}}));
    return text.str();
}

}  // namespace quorate
