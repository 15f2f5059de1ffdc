#include "quorate/inspector.h"

#include <netdb.h>
#include <sys/random.h>
#include <zmq.h>

#include <cerrno>
#include <cstring>

#include "base/check.h"
#include "io/monotonic_clock.h"
#include "net/address.h"
#include "net/zmq_transport.h"
#include "wire/codec.h"

namespace quorate {

namespace {

using base::Nanos;

/// A member drops questions that come too fast, and one that is starting up may not hear yet.
constexpr Nanos ask_again_after = std::chrono::milliseconds(400);
/// How long a question may still be on its way when the inspector goes.
constexpr std::chrono::milliseconds no_linger{0};

std::uint64_t random_number() {
    std::uint64_t number = 0;
    QUORATE_CHECK(getrandom(&number, sizeof number, 0) == sizeof number,
                  "a question is known by its number, and no randomness is to be had");
    return number;
}

/// The address of this machine that leads to `where`, found without sending anything: the kernel
/// chooses it when a datagram socket is connected. May ask a name server.
std::optional<std::string> own_host_towards(const base::HostPort& where) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_DGRAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(where.host.c_str(), std::to_string(where.port).c_str(), &hints, &found) != 0) {
        return std::nullopt;
    }
    std::optional<std::string> host;
    for (const addrinfo* each = found; each != nullptr && !host; each = each->ai_next) {
        const net::Fd socket(::socket(each->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        if (socket && connect(socket.get(), each->ai_addr, each->ai_addrlen) == 0) {
            if (const auto own = net::local_address(socket.get())) host = own->host();
        }
    }
    freeaddrinfo(found);
    return host;
}

/// Ends after the transport that uses it.
class Context {
public:
    Context() : context_(zmq_ctx_new()) {
        QUORATE_CHECK(context_ != nullptr, "out of file descriptors");
    }
    ~Context() {
        while (zmq_ctx_term(context_) != 0 && errno == EINTR) {
        }
    }
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    void* get() const { return context_; }

private:
    void* context_;
};

/// What the inspector's one socket is like; whoever secures the members' sockets secures it here.
net::ZmqOptions network_options(const std::string& listen, const Security& security) {
    net::ZmqOptions options;
    options.listen = listen;
    options.security = security;
    return options;
}

}  // namespace

class Inspector::Impl {
public:
    explicit Impl(const InspectorOptions& options)
        : options_(options), self_{random_number(), random_number()} {}
    ~Impl() {
        if (transport_) transport_->close_all(no_linger);
    }

    Result<> open(const std::string& listen) {
        auto opened =
            net::ZmqTransport::open(context_.get(), network_options(listen, options_.security));
        if (!opened) return opened.error();
        transport_ = std::move(*opened);
        return Done{};
    }

    struct Answer {
        wire::Header from;
        wire::Inspection said;
    };
    Result<Answer> ask(wire::Inspect::Subject subject);

private:
    void send_question(wire::Inspect::Subject subject);
    /// What came, if it is the answer; else what it tells of why there is none.
    std::optional<Answer> take(const io::TransportEvent& event);
    Error no_answer() const;

    InspectorOptions options_;
    MemberId self_;
    Context context_;
    std::unique_ptr<net::ZmqTransport> transport_;
    std::uint64_t nonce_ = 0;
    bool refused_ = false;        ///< nobody listens there
    bool other_version_ = false;  ///< who answers speaks another version of the protocol
};

void Inspector::Impl::send_question(wire::Inspect::Subject subject) {
    wire::Frame frame;
    frame.header.sender = self_;
    frame.body = wire::Inspect{subject, nonce_, transport_->endpoint()};
    (void)transport_->send(options_.endpoint, wire::encode(frame));
}

Result<Inspector::Impl::Answer> Inspector::Impl::ask(wire::Inspect::Subject subject) {
    nonce_ = random_number();
    refused_ = other_version_ = false;
    const Nanos deadline = io::read_monotonic() + options_.timeout;
    Nanos ask_at = io::read_monotonic();
    transport_->probe(options_.endpoint);
    std::vector<io::TransportEvent> arrived;
    while (!refused_ && io::read_monotonic() < deadline) {
        if (io::read_monotonic() >= ask_at) {
            send_question(subject);
            ask_at += ask_again_after;
        }
        transport_->wait(std::min(ask_at, deadline) - io::read_monotonic());
        arrived.clear();
        transport_->collect(arrived);
        for (const io::TransportEvent& event : arrived) {
            if (auto answer = take(event)) return std::move(*answer);
        }
    }
    return no_answer();
}

std::optional<Inspector::Impl::Answer> Inspector::Impl::take(const io::TransportEvent& event) {
    if (const auto* probed = std::get_if<io::ProbeAnswered>(&event)) {
        refused_ |= probed->answer == io::ProbeAnswered::Answer::refused;
        return std::nullopt;
    }
    const auto* arrived = std::get_if<io::FrameArrived>(&event);
    if (arrived == nullptr) return std::nullopt;
    auto decoded = wire::decode(arrived->bytes, {});
    if (const auto* error = std::get_if<wire::DecodeError>(&decoded)) {
        other_version_ |= error->drop == wire::Drop::other_version;
        return std::nullopt;
    }
    wire::Frame& frame = std::get<wire::Frame>(decoded);
    auto* said = std::get_if<wire::Inspection>(&frame.body);
    if (said == nullptr || said->nonce != nonce_ || frame.header.receiver != self_) {
        return std::nullopt;
    }
    return Answer{std::move(frame.header), std::move(*said)};
}

Error Inspector::Impl::no_answer() const {
    const std::string where = options_.endpoint;
    if (refused_) {
        return {ErrorCode::no_answer, "nobody listens at " + where +
                                          ": is the member running, and is that its endpoint?"};
    }
    if (other_version_) {
        return {ErrorCode::no_answer, "who answers at " + where +
                                          " speaks another version of the protocol: use the "
                                          "quorate that belongs to it"};
    }
    return {
        ErrorCode::no_answer,
        "no answer from " + where + " within " +
            std::to_string(
                std::chrono::duration_cast<std::chrono::milliseconds>(options_.timeout).count()) +
            " ms: it must be a member's endpoint, and the member must be able to connect to " +
            transport_->endpoint()};
}

Result<std::unique_ptr<Inspector>> Inspector::open(const InspectorOptions& options) {
    if (!base::is_dialable(options.endpoint)) {
        return Error{ErrorCode::bad_argument,
                     "--connect takes tcp://HOST:PORT with a port other "
                     "than 0, not \"" +
                         options.endpoint + "\""};
    }
    std::string listen = options.listen;
    if (listen.empty()) {
        const auto host = own_host_towards(*base::parse_endpoint(options.endpoint));
        if (!host) {
            return Error{ErrorCode::no_answer,
                         "no way from here to " + options.endpoint +
                             ": the name is not known, or no network leads there"};
        }
        listen = base::HostPort{*host, 0}.endpoint();
    }
    auto impl = std::make_unique<Impl>(options);
    if (auto opened = impl->open(listen); !opened) return opened.error();
    return std::unique_ptr<Inspector>(new Inspector(std::move(impl)));
}

Inspector::Inspector(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Inspector::~Inspector() = default;

namespace {
/// Whoever answers a question with the answer to another is no member of ours.
Error wrong_answer() {
    return {ErrorCode::no_answer, "what answers there does not answer the question"};
}
}  // namespace

Result<InspectedStatus> Inspector::status() {
    auto answer = impl_->ask(wire::Inspect::Subject::status);
    if (!answer) return answer.error();
    auto* status = std::get_if<GroupStatus>(&answer->said.answer);
    if (status == nullptr) return wrong_answer();
    status->id = answer->from.sender;
    return InspectedStatus{std::string(answer->from.group), answer->said.name, std::move(*status)};
}

Result<InspectedElections> Inspector::elections() {
    auto answer = impl_->ask(wire::Inspect::Subject::elections);
    if (!answer) return answer.error();
    auto* elections = std::get_if<std::vector<ElectionRecord>>(&answer->said.answer);
    if (elections == nullptr) return wrong_answer();
    return InspectedElections{std::string(answer->from.group), answer->said.name,
                              answer->from.sender, std::move(*elections)};
}

}  // namespace quorate
