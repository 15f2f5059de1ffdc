#include "network.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace quorate::netns {

namespace {

using Commands = std::vector<std::string>;

/// ip reads its commands from standard input: one process for all of them. `space`: where; "" is
/// here.
bool run_ip(const std::string& space, const Commands& commands, bool complain) {
    const std::string shell = "ip " + (space.empty() ? "" : "-n " + space) + " -batch - " +
                              (complain ? "" : "2>/dev/null");
    FILE* ip = popen(shell.c_str(), "w");
    if (ip == nullptr) return false;
    for (const std::string& command : commands) std::fputs((command + "\n").c_str(), ip);
    return pclose(ip) == 0;
}

void must_run(const std::string& space, const Commands& commands) {
    if (run_ip(space, commands, true)) return;
    std::string text = "one of these failed in " + space + ":\n";
    for (const std::string& command : commands) text += command + "\n";
    throw std::runtime_error(text);
}

bool forward(const std::string& space, bool complain) {
    const std::string shell = "ip netns exec " + space +
                              " sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'" +
                              (complain ? "" : " 2>/dev/null");
    return std::system(shell.c_str()) == 0;
}

std::string subnet(std::size_t host) {
    return "10.99." + std::to_string(host) + ".";
}

}  // namespace

std::optional<std::string> Network::why_not() {
    if (geteuid() != 0) return "network namespaces take root, which this is not";
    if (std::system("command -v ip >/dev/null 2>&1") != 0) return "iproute2 is not installed";
    const std::string name = "quorate-try-" + std::to_string(getpid());
    const bool can = run_ip("", {"netns add " + name}, false) &&
                     run_ip(name,
                            {"link add name one type veth peer name two",
                             "rule add from 10.99.0.1 to 10.99.1.1 blackhole"},
                            false) &&
                     forward(name, false);
    run_ip("", {"netns delete " + name}, false);
    if (can) return std::nullopt;
    return "this machine allows no network namespaces with veth, forwarding and rules";
}

Network::Network(std::size_t hosts)
    : hosts_(hosts), prefix_("quorate-" + std::to_string(getpid()) + "-") {
    must_run("", {"netns add " + router()});
    for (std::size_t host = 0; host < hosts; ++host) {
        const std::string port = "port" + std::to_string(host);
        const std::string gate = subnet(host) + "254";
        must_run("", {"netns add " + space(host)});
        must_run(router(),
                 {"link add name " + port + " type veth peer name eth0 netns " + space(host),
                  "address add " + gate + "/24 dev " + port, "link set " + port + " up"});
        must_run(space(host), {"address add " + address(host) + "/24 dev eth0", "link set lo up",
                               "link set eth0 up", "route add default via " + gate});
    }
    if (!forward(router(), true)) throw std::runtime_error("the router does not forward");
}

Network::~Network() {
    Commands commands{"netns delete " + router()};
    for (std::size_t host = 0; host < hosts_; ++host) {
        commands.push_back("netns delete " + space(host));
    }
    run_ip("", commands, true);
}

std::string Network::space(std::size_t host) const {
    return prefix_ + std::to_string(host);
}

std::string Network::address(std::size_t host) const {
    return subnet(host) + "1";
}

std::string Network::cable_address(std::size_t host) const {
    return "10.98.0." + std::to_string(host + 1);
}

void Network::join_by_cable(std::size_t one, std::size_t other, const std::string& name) {
    must_run(space(one),
             {"link add name " + name + " type veth peer name " + name + " netns " + space(other)});
    for (const std::size_t host : {one, other}) {
        must_run(space(host), {"address add " + cable_address(host) + "/24 dev " + name,
                               "link set " + name + " up"});
    }
}

void Network::part(const std::vector<std::vector<std::size_t>>& groups) {
    std::vector<std::size_t> group_of(hosts_, groups.size());
    for (std::size_t group = 0; group < groups.size(); ++group) {
        for (const std::size_t host : groups[group]) group_of[host] = group;
    }
    std::set<Way> cut;
    for (std::size_t from = 0; from < hosts_; ++from) {
        for (std::size_t to = 0; to < hosts_; ++to) {
            if (group_of[from] != group_of[to]) cut.insert({from, to});
        }
    }
    change(cut);
}

void Network::silence(std::size_t from, std::size_t to) {
    std::set<Way> cut = cut_;
    cut.insert({from, to});
    change(cut);
}

void Network::heal() {
    change({});
}

void Network::change(const std::set<Way>& cut) {
    Commands commands;
    const auto rule = [&](const char* what, const Way& way) {
        commands.push_back(std::string("rule ") + what + " from " + address(way.first) + " to " +
                           address(way.second) + " blackhole");
    };
    for (const Way& way : cut) {
        if (!cut_.contains(way)) rule("add", way);
    }
    for (const Way& way : cut_) {
        if (!cut.contains(way)) rule("delete", way);
    }
    if (!commands.empty()) must_run(router(), commands);
    cut_ = cut;
}

}  // namespace quorate::netns
