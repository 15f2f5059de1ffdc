// The public keys that are let in: a directory, read again while members run.
//
// refresh() is called once a second by the room that answers ZAP (zap_handler.h) and reads every
// file anew: a hundred small files cost less than a millisecond, on a thread that nobody waits for,
// and it works on every file system and however files are replaced, which neither modification
// times nor inotify do. keys() and generation() may be called from any thread; keys() takes a lock,
// so that whoever is in a hurry asks for the generation first.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "net/key_files.h"
#include "quorate/result.h"

namespace quorate::net {

using AuthorizedKeys = std::set<PublicKey>;

class KeyRing {
public:
    /// Reads the directory. Error: bad_argument: it can't be read, or holds too many keys.
    static Result<std::unique_ptr<KeyRing>> open(const std::string& directory);

    std::shared_ptr<const AuthorizedKeys> keys() const;
    /// Grows with every change of the keys.
    std::uint64_t generation() const { return generation_.load(std::memory_order_acquire); }
    const std::string& directory() const { return directory_; }

    /// Reads the directory again. Returns sentences for whoever runs the member: of files that hold
    /// no key (they let nobody in), each once until it changes; and when the directory can't be
    /// read, in which case the keys stay as they are.
    std::vector<std::string> refresh();

    static constexpr std::size_t max_keys = 4096;

private:
    explicit KeyRing(std::string directory) : directory_(std::move(directory)) {}
    struct Reading {
        AuthorizedKeys keys;
        std::set<std::string> problems;
    };
    Result<Reading> read() const;

    const std::string directory_;
    std::set<std::string> told_problems_;  // refresh() alone
    mutable std::mutex mutex_;             // of keys_
    std::shared_ptr<const AuthorizedKeys> keys_;
    std::atomic<std::uint64_t> generation_{1};
};

}  // namespace quorate::net
