// Groups' metrics for Prometheus, through prometheus-cpp. In the library quorate::observe; nothing
// of it runs unless it is started.
//
//   auto server = quorate::MetricsServer::start("127.0.0.1:9464", {&feeder});
//   if (!server) return report(server.error());
//   std::cout << "metrics at " << (*server)->url() << '\n';     // http://127.0.0.1:9464/metrics
//
// The numbers and their names: docs/observability.md. They tell who is in a group, and whoever can
// reach the address can read them: bind it to one that only your monitoring reaches.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "quorate/group.h"
#include "quorate/metrics.h"
#include "quorate/result.h"

namespace quorate {

class MetricsServer {
public:
    /// Answers HTTP requests for /metrics, on threads of its own. `address` is HOST:PORT; port 0
    /// picks one. The groups must outlive it. Blocks for milliseconds.
    /// Errors: bad_argument (no address), cannot_bind.
    static Result<std::unique_ptr<MetricsServer>> start(const std::string& address,
                                                        std::vector<const Group*> groups);
    /// Waits for requests under way.
    ~MetricsServer();
    MetricsServer(const MetricsServer&) = delete;
    MetricsServer& operator=(const MetricsServer&) = delete;

    std::string url() const;

private:
    class Impl;
    explicit MetricsServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// The same text, for who hands it out by other ways. Any thread.
std::string prometheus_text(const std::string& group, const GroupMetrics& metrics);

}  // namespace quorate
