#include "line_io.h"

#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

namespace quorate::apps {

LineSplitter::Line LineSplitter::take(std::size_t size) const {
    Line line{buffer_.substr(start_, std::min(size, longest_)), size > longest_};
    if (!line.cut && line.text.ends_with('\r')) line.text.pop_back();
    return line;
}

std::optional<LineSplitter::Line> LineSplitter::next() {
    const std::size_t end = buffer_.find('\n', std::max(start_, scanned_));
    if (end == std::string::npos) {
        if (!cut_ && buffer_.size() - start_ > longest_) {
            cut_ = Line{buffer_.substr(start_, longest_), true};
        }
        if (cut_) {
            buffer_.clear();
        } else {
            buffer_.erase(0, start_);
        }
        start_ = 0;
        scanned_ = buffer_.size();
        return std::nullopt;
    }
    Line line = cut_ ? std::move(*cut_) : take(end - start_);
    cut_.reset();
    start_ = scanned_ = end + 1;
    return line;
}

std::optional<LineSplitter::Line> LineSplitter::rest() {
    if (cut_) return std::move(cut_);
    if (start_ >= buffer_.size()) return std::nullopt;
    Line line = take(buffer_.size() - start_);
    start_ = buffer_.size();
    return line;
}

bool LineWriter::wait_writable(int milliseconds) const {
    pollfd out{fd_, POLLOUT, 0};
    return poll(&out, 1, milliseconds) > 0;
}

void LineWriter::flush() {
    std::size_t written = 0;
    // A pipe that polls writable takes PIPE_BUF bytes without blocking; more it may not. (The
    // descriptor is shared with other processes, so it can't be made non-blocking.)
    while (written < buffer_.size() && !broken_ && wait_writable(0)) {
        const std::size_t piece = std::min<std::size_t>(buffer_.size() - written, PIPE_BUF);
        const ssize_t taken = write(fd_, buffer_.data() + written, piece);
        if (taken >= 0) {
            written += static_cast<std::size_t>(taken);
        } else if (errno != EINTR) {
            broken_ = errno != EAGAIN;
            break;
        }
    }
    buffer_.erase(0, written);
    if (broken_) buffer_.clear();
}

void LineWriter::flush_for(int milliseconds) {
    using Clock = std::chrono::steady_clock;
    const auto deadline = Clock::now() + std::chrono::milliseconds(milliseconds);
    flush();
    while (!empty() && Clock::now() < deadline) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        wait_writable(static_cast<int>(left.count()));
        flush();
    }
}

}  // namespace quorate::apps
