// Probes: refused, connected, unknown; each answered exactly once.
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <map>

#include "net/prober.h"
#include "tests/integration/net/node.h"
#include "tests/integration/net/plain_tcp.h"

namespace quorate::net::test {
namespace {

using Answer = io::ProbeAnswered::Answer;

TEST(Probes, SeveralAtOnceAreAnsweredOnceEach) {
    Context context;
    Node ann(context);
    Node bob(context);
    const Fd listener = plain_listener();
    const std::map<std::string, Answer> expected = {
        {bob.endpoint(), Answer::connected},
        {endpoint_at(port_of(listener)), Answer::connected},
        {endpoint_at(free_port()), Answer::refused},
        {"tcp://localhost:" + std::to_string(port_of(listener)), Answer::connected},
        {"tcp://no-such-host.invalid:5555", Answer::unknown},
        {"tcp://127.0.0.1:0", Answer::unknown},
        {"nonsense", Answer::unknown},
    };
    for (const auto& [endpoint, answer] : expected) ann.transport->probe(endpoint);
    ASSERT_TRUE(eventually({&ann, &bob}, [&] { return ann.answers.size() >= expected.size(); }));
    for (const auto& answered : ann.answers) {
        EXPECT_EQ(answered.answer, expected.at(answered.endpoint)) << answered.endpoint;
    }
    ann.turn(base::Nanos(0));
    EXPECT_EQ(ann.answers.size(), expected.size());
    EXPECT_TRUE(bob.frames.empty()) << "a probe is no frame";
}

// A listener whose queue is full lets dials hang: the answer is then that there is none.
TEST(Probes, NoAnswerInTimeIsUnknownWithinASecondAndTheirNumberIsBounded) {
    Context context;
    Node ann(context);
    Fd full(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto any = *numeric_address({"127.0.0.1", 0});
    ASSERT_EQ(bind(full.get(), any.get(), any.length), 0);
    ASSERT_EQ(listen(full.get(), 0), 0);
    const std::string endpoint = endpoint_at(port_of(full));
    const Fd occupant = plain_client(endpoint);
    ASSERT_TRUE(occupant);

    const auto start = std::chrono::steady_clock::now();
    const std::size_t asked = Prober::max_probes + 10;
    for (std::size_t i = 0; i < asked; ++i) ann.transport->probe(endpoint);
    ann.turn(base::Nanos(0));
    const auto unknown = [&] {
        return std::count_if(ann.answers.begin(), ann.answers.end(),
                             [](const auto& each) { return each.answer == Answer::unknown; });
    };
    EXPECT_GE(unknown(), 10) << "those over the bound are answered at once";
    EXPECT_LT(ann.answers.size(), asked);
    ASSERT_TRUE(eventually({&ann}, [&] { return ann.answers.size() == asked; }));
    EXPECT_LT(std::chrono::steady_clock::now() - start, 4 * Prober::patience)
        << "they wait beside each other";
    EXPECT_GE(unknown(), static_cast<long>(asked) - 5);
}

enum class InChild : int {
    as_expected = 0,
    no_network_of_its_own = 1,
    no_hazard = 2,
    not_refused = 3
};

/// In a network of its own, whose only ephemeral port is 40000: a dial to that port, on which
/// nobody listens, comes from that port.
InChild probe_the_only_port() {
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0 && unshare(CLONE_NEWNET) != 0) {
        return InChild::no_network_of_its_own;
    }
    const Fd any(socket(AF_INET, SOCK_DGRAM, 0));
    ifreq loopback{};
    std::strcpy(loopback.ifr_name, "lo");
    loopback.ifr_flags = IFF_UP | IFF_RUNNING;
    if (ioctl(any.get(), SIOCSIFFLAGS, &loopback) != 0) return InChild::no_network_of_its_own;
    std::ofstream("/proc/sys/net/ipv4/ip_local_port_range") << "40000 40000" << std::flush;
    {
        const Fd to_itself = plain_client(endpoint_at(40000));
        if (!to_itself) return InChild::no_hazard;
        const linger at_once{1, 0};  // so that the port is free again
        setsockopt(to_itself.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }

    Resolver resolver;
    Prober prober(resolver);
    std::vector<io::TransportEvent> answers;
    prober.probe(endpoint_at(40000), base::Nanos(0));
    while (answers.empty()) prober.collect(base::Nanos(1), answers);
    const auto answer = std::get<io::ProbeAnswered>(answers[0]).answer;
    if (answer != Answer::refused) return InChild::not_refused;
    return InChild::as_expected;
}

// Dialing a free port of the ephemeral range, TCP may pick that very port for its own end, and then
// is connected to itself.
TEST(Probes, AConnectionToItselfIsARefusal) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) _exit(static_cast<int>(probe_the_only_port()));
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    const auto outcome = static_cast<InChild>(WEXITSTATUS(status));
    if (outcome == InChild::no_network_of_its_own) GTEST_SKIP() << "no right to make a network";
    EXPECT_EQ(outcome, InChild::as_expected);
}

}  // namespace
}  // namespace quorate::net::test
