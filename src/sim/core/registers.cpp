#include "sim/core/registers.h"

#include <array>
#include <cstring>
#include <string>
#include <vector>

namespace quorate::sim::core {

namespace {

using Word = std::uint64_t;

std::string to_bytes(const Word* words, std::size_t count) {
    std::string bytes(count * sizeof(Word), '\0');
    if (count > 0) std::memcpy(bytes.data(), words, bytes.size());
    return bytes;
}

}  // namespace

Payload Command::encode() const {
    const std::array<Word, 5> words = {static_cast<Word>(kind), client, serial, key, value};
    return Payload(to_bytes(words.data(), words.size()));
}

std::optional<Command> Command::decode(const Payload& bytes) {
    std::array<Word, 5> words;
    if (bytes.size() != sizeof words) return std::nullopt;
    std::memcpy(words.data(), bytes.view().data(), sizeof words);
    if (words[0] > static_cast<Word>(Kind::get)) return std::nullopt;
    return Command{static_cast<Kind>(words[0]), words[1], words[2], words[3], words[4]};
}

Registers::Answer Registers::apply(const Command& command) {
    for (const Word word : {command.client, command.serial, command.key, command.value}) {
        digest_ = (digest_ ^ word) * 0x9e3779b97f4a7c15ULL;
        digest_ ^= digest_ >> 29;
    }
    Session& session = sessions_[command.client];
    if (command.serial <= session.serial) {
        return {session.answer, true, command.serial == session.serial};
    }
    if (command.kind == Command::Kind::put) registers_[command.key] = command.value;
    session = {command.serial, read(command.key)};
    return {session.answer, false, true};
}

Value Registers::read(std::uint64_t key) const {
    const auto found = registers_.find(key);
    return found == registers_.end() ? 0 : found->second;
}

Payload Registers::serialize() const {
    std::vector<Word> words = {digest_, registers_.size()};
    for (const auto& [key, value] : registers_) words.insert(words.end(), {key, value});
    for (const auto& [client, session] : sessions_) {
        words.insert(words.end(), {client, session.serial, session.answer});
    }
    return Payload(to_bytes(words.data(), words.size()));
}

bool Registers::restore(const Payload& bytes) {
    registers_.clear();
    sessions_.clear();
    digest_ = 0;
    if (bytes.size() == 0) return true;  // the founding's
    std::vector<Word> words(bytes.size() / sizeof(Word));
    if (words.size() * sizeof(Word) != bytes.size() || words.size() < 2) return false;
    std::memcpy(words.data(), bytes.view().data(), bytes.size());
    const std::size_t sessions_at = 2 + 2 * words[1];
    if (words[1] > words.size() || sessions_at > words.size()) return false;
    if ((words.size() - sessions_at) % 3 != 0) return false;
    digest_ = words[0];
    for (std::size_t i = 2; i < sessions_at; i += 2) registers_[words[i]] = words[i + 1];
    for (std::size_t i = sessions_at; i < words.size(); i += 3) {
        sessions_[words[i]] = {words[i + 1], words[i + 2]};
    }
    return true;
}

}  // namespace quorate::sim::core
