// A group of one: founded, led, left.
#include <quorate/quorate.h>

#include <chrono>
#include <iostream>

int main() {
    quorate::Coordinator coordinator({.component = "relay 7"});
    auto joined = coordinator.join_group("install", "A", {.size = 1}, {.beacon = ""});
    if (!joined) {
        std::cerr << joined.error().message << '\n';
        return 1;
    }
    quorate::Group& group = *joined;
    bool leads = false;
    group.on_leader_elected([&](const quorate::LeaderElected&) { leads = true; });
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!leads && std::chrono::steady_clock::now() < deadline) {
        coordinator.dispatch(std::chrono::milliseconds(100));
    }
    std::cout << (leads ? "leads\n" : "has no leader\n");
    return leads ? 0 : 1;
}
