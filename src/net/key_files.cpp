#include "net/key_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

#include <cerrno>
#include <system_error>

#include "net/address.h"

namespace quorate::net {

namespace {

constexpr std::size_t key_characters = 40;
constexpr std::size_t max_file_bytes = 4096;

std::string reason(int error) {
    return std::generic_category().message(error);
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r";
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// The next line of `rest`, which is shortened by it.
std::string_view take_line(std::string_view& rest) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    return line;
}

/// Makes a file that was not there; 0, or why it couldn't.
int write_new_file(const std::string& file, mode_t mode, const std::string& content) {
    const Fd fd(open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    if (!fd) return errno;
    const ssize_t written = write(fd.get(), content.data(), content.size());
    const bool whole = written == static_cast<ssize_t>(content.size()) && fsync(fd.get()) == 0;
    if (whole) return 0;
    const int error = written < 0 ? errno : EIO;
    unlink(file.c_str());
    return error;
}

Error cannot_write(const std::string& file, int error) {
    if (error == EEXIST) {
        return Error{
            ErrorCode::bad_argument,
            file + " is there already, and keys are never overwritten: choose another name"};
    }
    return Error{ErrorCode::bad_argument, file + " can't be written: " + reason(error)};
}

/// The content of a file that is nobody else's business.
Result<std::string> read_secret_file(const std::string& option, const std::string& file) {
    struct stat state {};
    if (stat(file.c_str(), &state) != 0) {
        return Error{ErrorCode::bad_argument,
                     option + " (" + file + ") can't be read: " + reason(errno)};
    }
    if ((state.st_mode & S_IROTH) != 0) {
        return Error{ErrorCode::bad_argument,
                     option + " (" + file +
                         ") may be read by everybody on this machine: chmod 600 it first"};
    }
    auto content = read_small_file(file);
    if (!content) {
        return Error{ErrorCode::bad_argument,
                     option + " (" + file + ") can't be read as a file of up to 4 KiB"};
    }
    return std::move(*content);
}

}  // namespace

std::string to_text(const PublicKey& key) {
    char text[key_characters + 1] = {};
    zmq_z85_encode(text, key.bytes.data(), key.bytes.size());
    return text;
}

std::optional<PublicKey> parse_key(const std::string& text) {
    PublicKey key;
    if (text.size() != key_characters) return std::nullopt;
    if (zmq_z85_decode(key.bytes.data(), text.c_str()) == nullptr || !key) return std::nullopt;
    return key;
}

std::optional<PublicKey> public_key_of(const std::string& secret_key) {
    char text[key_characters + 1] = {};
    if (!parse_key(secret_key) || zmq_curve_public(text, secret_key.c_str()) != 0) {
        return std::nullopt;
    }
    return parse_key(text);
}

std::optional<std::string> find_value(std::string_view content, std::string_view name) {
    std::optional<std::string> found;
    while (!content.empty()) {
        const std::string_view line = trimmed(take_line(content));
        const std::size_t equals = line.find('=');
        if (line.starts_with('#') || equals == std::string_view::npos) continue;
        if (trimmed(line.substr(0, equals)) != name) continue;
        if (found) return std::nullopt;
        found = trimmed(line.substr(equals + 1));
    }
    return found;
}

std::optional<std::string> read_small_file(const std::string& file) {
    // Without waiting: a pipe that lies there must not hold anybody up.
    const Fd fd(open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat state {};
    if (!fd || fstat(fd.get(), &state) != 0 || !S_ISREG(state.st_mode)) return std::nullopt;
    std::string content(max_file_bytes + 1, '\0');
    const ssize_t size = read(fd.get(), content.data(), content.size());
    if (size < 0 || size > static_cast<ssize_t>(max_file_bytes)) return std::nullopt;
    content.resize(static_cast<std::size_t>(size));
    return content;
}

}  // namespace quorate::net

namespace quorate {

Result<KeyPair> generate_keys() {
    char public_text[net::key_characters + 1] = {};
    char secret_text[net::key_characters + 1] = {};
    if (zmq_curve_keypair(public_text, secret_text) != 0) {
        return Error{ErrorCode::internal, "libzmq on this machine was built without CURVE"};
    }
    return KeyPair{public_text, secret_text};
}

Result<> save_keys(const KeyPair& keys, const std::string& file) {
    const std::string public_file = file + ".pub";
    // The public one first: should the second fail, nothing secret lies about.
    const std::string public_content =
        "# Quorate public key: put this file into the --authorized-keys directory of the "
        "others.\n" +
        std::string(net::public_key_name) + " = " + keys.public_key + '\n';
    if (const int error = net::write_new_file(public_file, 0644, public_content)) {
        return net::cannot_write(public_file, error);
    }
    const std::string secret_content =
        "# Quorate secret key: whoever has it is this member. Never pass it on.\n" +
        std::string(net::secret_key_name) + " = " + keys.secret_key + '\n';
    if (const int error = net::write_new_file(file, 0600, secret_content)) {
        unlink(public_file.c_str());
        return net::cannot_write(file, error);
    }
    return Done{};
}

Result<std::string> load_secret_key(const std::string& file) {
    auto content = net::read_secret_file("--key", file);
    if (!content) return content.error();
    auto key = net::find_value(*content, net::secret_key_name);
    if (!key || !net::public_key_of(*key)) {
        return Error{ErrorCode::bad_argument,
                     "--key (" + file + ") holds no secret key: quorate keygen FILE makes one"};
    }
    return std::move(*key);
}

Result<std::string> load_token(const std::string& file) {
    auto content = net::read_secret_file("--token-file", file);
    if (!content) return content.error();
    std::string_view rest = *content;
    const std::string token(net::trimmed(net::take_line(rest)));
    if (token.empty()) {
        return Error{ErrorCode::bad_argument,
                     "--token-file (" + file + ") has an empty first line"};
    }
    return token;
}

}  // namespace quorate
