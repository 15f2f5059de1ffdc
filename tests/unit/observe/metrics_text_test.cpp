// Metrics as Prometheus reads them.
#include <gtest/gtest.h>

#include "quorate/metrics_server.h"

namespace quorate {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

bool holds_line(const std::string& text, const std::string& line) {
    return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

GroupMetrics sample() {
    GroupMetrics metrics;
    metrics.state = State::leader;
    metrics.term = 7;
    metrics.quorum = true;
    metrics.leader_changes[static_cast<std::size_t>(ElectionTrigger::leader_dead)] = 2;
    metrics.dropped[static_cast<std::size_t>(DropCause::stale)] = 5;
    metrics.dropped[static_cast<std::size_t>(DropCause::unknown_key)] = 6;
    metrics.commit_latency.add(microseconds(10));
    metrics.commit_latency.add(milliseconds(2));
    metrics.actions.lateness.add(microseconds(30));
    metrics.actions.missed = 1;
    metrics.commands_waiting = 3;
    metrics.peers = {{MemberId{0, 2}, "relay \"2\"", milliseconds(3), milliseconds(40)},
                     {MemberId{0, 3}, "relay-3", Duration::zero(), milliseconds(50)}};
    return metrics;
}

TEST(PrometheusText, HasOneLineASeries) {
    const std::string text = prometheus_text("feeder.A", sample());
    for (const char* line :
         {"# TYPE quorate_leader_changes_total counter", "quorate_term{group=\"feeder.A\"} 7",
          "quorate_has_quorum{group=\"feeder.A\"} 1",
          "quorate_state{group=\"feeder.A\",state=\"leader\"} 1",
          "quorate_state{group=\"feeder.A\",state=\"follower\"} 0",
          "quorate_leader_changes_total{group=\"feeder.A\",trigger=\"leader_dead\"} 2",
          "quorate_frames_dropped_total{group=\"feeder.A\",cause=\"stale\"} 5",
          "quorate_frames_dropped_total{group=\"feeder.A\",cause=\"unknown_key\"} 6",
          "quorate_frames_dropped_total{group=\"feeder.A\",cause=\"forged_sender\"} 0",
          "quorate_frames_dropped_total{group=\"feeder.A\",cause=\"other_deployment\"} 0",
          "quorate_actions_missed_total{group=\"feeder.A\"} 1",
          "quorate_action_lateness_seconds_count{group=\"feeder.A\"} 1",
          "quorate_mailbox_commands{group=\"feeder.A\"} 3"}) {
        EXPECT_TRUE(holds_line(text, line)) << line;
    }
}

TEST(PrometheusText, CountsHistogramsUpwards) {
    const std::string text = prometheus_text("feeder.A", sample());
    const std::string name = "quorate_commit_latency_seconds";
    for (const std::string line :
         {"_count{group=\"feeder.A\"} 2", "_bucket{group=\"feeder.A\",le=\"0.001\"} 1",
          "_bucket{group=\"feeder.A\",le=\"0.0025\"} 2",
          "_bucket{group=\"feeder.A\",le=\"+Inf\"} 2"}) {
        EXPECT_TRUE(holds_line(text, name + line)) << line;
    }
}

TEST(PrometheusText, NamesPeersWhateverTheyAreCalledAndLeavesOutWhatWasNotMeasured) {
    const std::string text = prometheus_text("feeder.A", sample());
    EXPECT_TRUE(holds_line(text,
                           "quorate_peer_round_trip_seconds{group=\"feeder.A\",peer=\"relay "
                           "\\\"2\\\"\",id=\"00000000000000000000000000000002\"} 0.003"));
    EXPECT_EQ(text.find("quorate_peer_round_trip_seconds{group=\"feeder.A\",peer=\"relay-3\""),
              std::string::npos);
    EXPECT_NE(text.find("quorate_peer_silence_seconds{group=\"feeder.A\",peer=\"relay-3\""),
              std::string::npos);
}

TEST(MetricsServer, RefusesWhatIsNoAddress) {
    for (const char* address : {"", "9464", "localhost", "127.0.0.1:x"}) {
        const auto started = MetricsServer::start(address, {});
        ASSERT_FALSE(started) << address;
        EXPECT_EQ(started.error().code, ErrorCode::bad_argument);
    }
}

TEST(MetricsServer, SaysThatAnAddressIsTaken) {
    const auto first = MetricsServer::start("127.0.0.1:0", {});
    ASSERT_TRUE(first);
    const std::string url = (*first)->url();
    const std::string address = url.substr(7, url.rfind('/') - 7);
    const auto second = MetricsServer::start(address, {});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::cannot_bind);
    EXPECT_NE(second.error().message.find(address), std::string::npos);
}

}  // namespace
}  // namespace quorate
