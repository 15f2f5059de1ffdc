// Blocks that are given back are given out again, each at its size, from whatever thread they come.
#include "base/recycling.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <cstring>
#include <memory>
#include <set>
#include <thread>
#include <vector>

namespace quorate::base {
namespace {

TEST(Recycling, EachBlockHoldsWhatItWasAskedFor) {
    for (const std::size_t bytes : {1u, 63u, 64u, 65u, 2047u, 2048u, 2049u, 100'000u}) {
        std::vector<void*> blocks;
        for (int i = 0; i < 100; ++i) {
            blocks.push_back(take_block(bytes));
            std::memset(blocks.back(), i, bytes);
        }
        EXPECT_EQ(std::set<void*>(blocks.begin(), blocks.end()).size(), blocks.size());
        for (int i = 0; i < 100; ++i) {
            const auto* first = static_cast<unsigned char*>(blocks[static_cast<std::size_t>(i)]);
            EXPECT_EQ(first[0], i);
            EXPECT_EQ(first[bytes - 1], i);
        }
        for (void* block : blocks) give_block_back(block, bytes);
    }
}

TEST(Recycling, WhatCameBackGoesOutAgain) {
    if (!recycles_blocks) GTEST_SKIP() << "the address sanitizer sees each block anew";
    void* const block = take_block(100);
    give_block_back(block, 100);
    void* const again = take_block(128);  // of the same size: 65 to 128
    EXPECT_EQ(again, block);
    give_block_back(again, 128);
}

/// What is destroyed after the thread's own blocks have been let go may still take some.
TEST(Recycling, ABlockTakenAsAThreadEndsIsAsLongAsAnyOtherOfItsSize) {
    struct Last {
        ~Last() {
            if (taken != nullptr) *taken = take_block(72);
        }
        void** taken = nullptr;
    };
    void* block = nullptr;
    std::thread([&] {
        thread_local Last last;
        last.taken = &block;  // it is made before the first block is kept, so it ends after them
        give_block_back(take_block(72), 72);
    }).join();
    ASSERT_NE(block, nullptr);
    give_block_back(block, 72);
    void* const again = take_block(128);
    EXPECT_EQ(again == block, recycles_blocks);
    EXPECT_GE(malloc_usable_size(again), 128);
    give_block_back(again, 128);
}

TEST(Recycling, AThreadKeepsNoMoreThanItSays) {
    constexpr std::size_t bytes = 256;
    const auto kept_by = [&](bool many) {
        std::size_t kept = 0;
        std::thread([&] {
            if (many) keep_many_blocks();
            std::set<void*> blocks;
            while (blocks.size() < 2 * many_kept_bytes / bytes) blocks.insert(take_block(bytes));
            for (void* block : blocks) give_block_back(block, bytes);
            kept = blocks_kept_of(bytes);
        }).join();
        return kept * bytes;
    };
    EXPECT_EQ(kept_by(false), recycles_blocks ? few_kept_bytes : 0);
    EXPECT_EQ(kept_by(true), recycles_blocks ? many_kept_bytes : 0);
}

TEST(Recycling, ABlockMayOutliveTheThreadThatTookIt) {
    std::shared_ptr<char[]> bytes;
    std::thread([&] {
        bytes = std::allocate_shared<char[]>(RecyclingAllocator<char>{}, std::size_t{500});
        std::memset(bytes.get(), 7, 500);
    }).join();
    EXPECT_EQ(bytes[499], 7);
    bytes.reset();
}

}  // namespace
}  // namespace quorate::base
