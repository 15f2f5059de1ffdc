#include "net/key_ring.h"

#include <filesystem>
#include <system_error>

namespace quorate::net {

Result<std::unique_ptr<KeyRing>> KeyRing::open(const std::string& directory) {
    std::unique_ptr<KeyRing> ring(new KeyRing(directory));
    auto read = ring->read();
    if (!read) return read.error();
    ring->keys_ = std::make_shared<const AuthorizedKeys>(std::move(read->keys));
    return ring;
}

std::shared_ptr<const AuthorizedKeys> KeyRing::keys() const {
    std::lock_guard lock(mutex_);
    return keys_;
}

Result<KeyRing::Reading> KeyRing::read() const {
    Reading reading;
    std::error_code error;
    std::filesystem::directory_iterator entry(directory_, error);
    for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
        if (entry->path().extension() != ".pub") continue;
        const std::string file = entry->path().string();
        const auto content = read_small_file(file);
        const auto text = content ? find_value(*content, public_key_name) : std::nullopt;
        const auto key = text ? parse_key(*text) : std::nullopt;
        if (!key) {
            reading.problems.insert(file + " holds no public key, and lets nobody in");
            continue;
        }
        reading.keys.insert(*key);
        if (reading.keys.size() > max_keys) {
            return Error{ErrorCode::bad_argument, "--authorized-keys (" + directory_ +
                                                      ") holds more than " +
                                                      std::to_string(max_keys) + " keys"};
        }
    }
    if (error) {
        return Error{ErrorCode::bad_argument,
                     "--authorized-keys (" + directory_ + ") can't be read: " + error.message()};
    }
    return reading;
}

std::vector<std::string> KeyRing::refresh() {
    auto read = this->read();
    std::set<std::string> problems;
    if (read) {
        problems = std::move(read->problems);
        if (read->keys != *keys()) {
            auto changed = std::make_shared<const AuthorizedKeys>(std::move(read->keys));
            std::lock_guard lock(mutex_);
            keys_ = std::move(changed);
            generation_.fetch_add(1, std::memory_order_release);
        }
    } else {
        problems.insert(read.error().message + "; the keys read last stay in force");
    }
    std::vector<std::string> news;
    for (const std::string& problem : problems) {
        if (!told_problems_.contains(problem)) news.push_back(problem);
    }
    told_problems_ = std::move(problems);
    return news;
}

}  // namespace quorate::net
