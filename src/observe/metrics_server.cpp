#include "quorate/metrics_server.h"

#include <prometheus/collectable.h>
#include <prometheus/exposer.h>

#include <exception>

#include "base/endpoint.h"
#include "observe/metrics_text.h"

namespace quorate {

namespace {

/// Asked by the server's threads, for each request anew.
class Groups final : public prometheus::Collectable {
public:
    explicit Groups(std::vector<const Group*> groups) : groups_(std::move(groups)) {}

    std::vector<prometheus::MetricFamily> Collect() const override {
        std::vector<observe::NamedMetrics> all;
        for (const Group* group : groups_) all.push_back({group->name(), group->metrics()});
        return observe::describe_metrics(all);
    }

private:
    std::vector<const Group*> groups_;
};

}  // namespace

class MetricsServer::Impl {
public:
    Impl(const base::HostPort& address, std::vector<const Group*> groups)
        : groups_(std::make_shared<Groups>(std::move(groups))),
          exposer_(address.text()),
          address_(address) {
        exposer_.RegisterCollectable(groups_);
        if (const auto ports = exposer_.GetListeningPorts(); !ports.empty()) {
            address_.port = static_cast<std::uint16_t>(ports.front());
        }
    }
    std::string url() const { return "http://" + address_.text() + "/metrics"; }

private:
    std::shared_ptr<Groups> groups_;
    prometheus::Exposer exposer_;
    base::HostPort address_;
};

Result<std::unique_ptr<MetricsServer>> MetricsServer::start(const std::string& address,
                                                            std::vector<const Group*> groups) {
    const auto where = base::parse_host_port(address);
    if (!where) {
        return Error{ErrorCode::bad_argument, "--metrics takes HOST:PORT, not \"" + address + "\""};
    }
    try {
        auto impl = std::make_unique<Impl>(*where, std::move(groups));
        return std::unique_ptr<MetricsServer>(new MetricsServer(std::move(impl)));
    } catch (const std::exception&) {
        // What prometheus-cpp throws says nothing of the reason.
        return Error{ErrorCode::cannot_bind, "--metrics: can't listen on " + where->text() +
                                                 ": it is taken, or not of this machine"};
    }
}

MetricsServer::MetricsServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
MetricsServer::~MetricsServer() = default;

std::string MetricsServer::url() const {
    return impl_->url();
}

}  // namespace quorate
