// Hosts of their own for a few processes: network namespaces, each with one address, and a router
// in a namespace between them, where what one host says to another can be lost. Nothing outside of
// them is touched; all of it is gone at the end.
//
//   if (const auto why = Network::why_not()) GTEST_SKIP() << *why;
//   Network network(5);
//   Process process(arguments, network.space(0));   // listens at network.address(0)
//   network.part({{0, 1}, {2, 3, 4}});
//   network.heal();
//
// The router hands on no broadcast and no multicast, as routers do; a cable does.
//
// By iproute2 (ip-netns(8), ip-link(8), ip-rule(8)). A router and no bridge, because a rule cuts
// one direction of one pair, and because bridges are a kernel module of their own. Blocks for some
// ms a call; throws std::runtime_error with the commands that failed.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace quorate::netns {

class Network {
public:
    /// Why that can't be had here, as a sentence; nothing if it can.
    static std::optional<std::string> why_not();

    explicit Network(std::size_t hosts);
    ~Network();
    Network(const Network&) = delete;
    Network& operator=(const Network&) = delete;

    std::size_t hosts() const { return hosts_; }
    /// The namespace of a host, by name.
    std::string space(std::size_t host) const;
    std::string address(std::size_t host) const;

    /// A wire of their own between two hosts, past the router: the interface `name` at both.
    void join_by_cable(std::size_t one, std::size_t other, const std::string& name);
    std::string cable_address(std::size_t host) const;

    /// From now on, who stands in one group hears each other, and nobody else.
    void part(const std::vector<std::vector<std::size_t>>& groups);
    /// What `from` says does not get to `to` any more either.
    void silence(std::size_t from, std::size_t to);
    /// Everybody hears everybody again.
    void heal();

private:
    using Way = std::pair<std::size_t, std::size_t>;

    std::string router() const { return prefix_ + "router"; }
    void change(const std::set<Way>& cut);

    std::size_t hosts_;
    std::string prefix_;
    std::set<Way> cut_;
};

}  // namespace quorate::netns
