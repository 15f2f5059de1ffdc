#include "ending_signals.h"

#include <signal.h>
#include <sys/signalfd.h>

namespace quorate::apps {

int take_over_signals(std::initializer_list<int> ending) {
    signal(SIGPIPE, SIG_IGN);
    sigset_t set;
    sigemptyset(&set);
    for (const int number : ending) sigaddset(&set, number);
    sigprocmask(SIG_BLOCK, &set, nullptr);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

}  // namespace quorate::apps
