// A member that is called by name, and moves to another address: links follow it.
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "tests/integration/net/node.h"

namespace quorate::net::test {
namespace {

constexpr int may_not = 77;

void write_hosts(const std::string& file, const std::string& address) {
    std::ofstream(file) << "127.0.0.1 localhost\n" << address << " relay.test\n";
}

/// In a process and a mount namespace of its own: /etc/hosts is `hosts` there.
int follow_a_name(const std::string& hosts) {
    write_hosts(hosts, "127.0.0.2");
    if (unshare(CLONE_NEWNS) != 0) return may_not;
    if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return may_not;
    if (mount(hosts.c_str(), "/etc/hosts", nullptr, MS_BIND, nullptr) != 0) return may_not;
    Context context;
    Node sender(context);
    auto before = std::make_unique<Node>(context, ZmqOptions{.listen = "tcp://127.0.0.2:0"});
    const std::string endpoint = before->endpoint();
    const std::string port = endpoint.substr(endpoint.rfind(':'));
    const std::string named = "tcp://relay.test" + port;
    const auto arrives = [&](Node& receiver) {
        return eventually({&sender, &receiver}, [&] {
            sender.send(named, "to whoever has the name");
            return !receiver.frames.empty();
        });
    };
    if (!arrives(*before)) return 1;
    before.reset();
    Node after(context, ZmqOptions{.listen = "tcp://127.0.0.3" + port});
    write_hosts(hosts, "127.0.0.3");
    return arrives(after) ? 0 : 2;
}

TEST(Links, FollowANameThatMovesToAnotherAddress) {
    std::string hosts = "/tmp/quorate-hosts-XXXXXX";
    const int file = mkstemp(hosts.data());
    ASSERT_GE(file, 0);
    close(file);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) _exit(follow_a_name(hosts));
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    unlink(hosts.c_str());
    ASSERT_TRUE(WIFEXITED(status));
    if (WEXITSTATUS(status) == may_not) {
        GTEST_SKIP() << "a hosts file of its own takes a mount namespace (CAP_SYS_ADMIN)";
    }
    EXPECT_EQ(WEXITSTATUS(status), 0) << "1: not at the first address, 2: not at the second";
}

}  // namespace
}  // namespace quorate::net::test
