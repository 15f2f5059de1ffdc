// What shows a group to others links as well.
#include <quorate/metrics_server.h>
#include <quorate/quorate.h>

#include <iostream>

int main() {
    auto opened = quorate::MetricsServer::start("127.0.0.1:0", {});
    if (!opened) {
        std::cerr << opened.error().message << '\n';
        return 1;
    }
    std::cout << (*opened)->url() << '\n';
}
