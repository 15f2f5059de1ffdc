// Lines in and out over descriptors, for a thread that must not be held up by either.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace quorate::apps {

/// Takes bytes, gives lines, which end with a line feed or with a carriage return and a line feed.
/// What is longer than `longest` is cut there, and the rest of it skipped.
class LineSplitter {
public:
    explicit LineSplitter(std::size_t longest) : longest_(longest) {}

    struct Line {
        std::string text;  ///< without its end
        bool cut = false;
    };
    void add(const char* bytes, std::size_t size) { buffer_.append(bytes, size); }
    /// The next whole line; nothing until there is one.
    std::optional<Line> next();
    /// At the end of the input: a last line without a line feed.
    std::optional<Line> rest();

private:
    /// From start_ on.
    Line take(std::size_t size) const;

    const std::size_t longest_;
    std::string buffer_;
    std::size_t start_ = 0;    ///< of the next line in buffer_
    std::size_t scanned_ = 0;  ///< no line feed before this
    std::optional<Line> cut_;  ///< a line that was cut, its line feed still to come
};

/// Writes to a descriptor only as much as it takes at once; keeps the rest.
class LineWriter {
public:
    explicit LineWriter(int fd) : fd_(fd) {}

    void add(const std::string& line) {
        if (!broken_) buffer_ += line;
    }
    /// Writes what goes without waiting.
    void flush();
    /// Writes, waiting for up to `milliseconds` in all.
    void flush_for(int milliseconds);
    bool empty() const { return buffer_.empty(); }
    /// More had better wait until this went out.
    bool full() const { return buffer_.size() >= max_waiting; }
    /// Nothing more can be told: not even what was asked for.
    bool overfull() const { return buffer_.size() >= 8 * max_waiting; }
    /// Nobody reads any more.
    bool broken() const { return broken_; }

    static constexpr std::size_t max_waiting = 256 * 1024;

private:
    bool wait_writable(int milliseconds) const;

    const int fd_;
    std::string buffer_;
    bool broken_ = false;
};

}  // namespace quorate::apps
