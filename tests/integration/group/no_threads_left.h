// A machine that has no thread to give, without wearing it out: threads are to have stacks larger
// than any address space. Those that run already go on.
#pragma once

#include <gtest/gtest.h>
#include <pthread.h>

namespace quorate::testing {

class NoThreadsLeft {
public:
    NoThreadsLeft() {
        EXPECT_EQ(pthread_getattr_default_np(&before_), 0);
        pthread_attr_t huge;
        pthread_attr_init(&huge);
        EXPECT_EQ(pthread_attr_setstacksize(&huge, std::size_t{1} << 60), 0);
        EXPECT_EQ(pthread_setattr_default_np(&huge), 0);
        pthread_attr_destroy(&huge);
    }
    NoThreadsLeft(const NoThreadsLeft&) = delete;
    NoThreadsLeft& operator=(const NoThreadsLeft&) = delete;
    ~NoThreadsLeft() {
        EXPECT_EQ(pthread_setattr_default_np(&before_), 0);
        pthread_attr_destroy(&before_);
    }

private:
    pthread_attr_t before_{};
};

}  // namespace quorate::testing
