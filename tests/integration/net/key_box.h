// Keys for tests: a directory of authorized keys that comes and goes with the test, and members'
// own.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "net/key_ring.h"
#include "net/zmq_transport.h"

namespace quorate::net::test {

/// A directory of its own, removed at the end.
class Folder {
public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "quorate-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
        path_ = name;
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { std::filesystem::remove_all(path_); }
    std::string path(const std::string& name = "") const { return path_ / name; }
    void write(const std::string& name, const std::string& content) const {
        std::ofstream(path(name)) << content;
    }

private:
    std::filesystem::path path_;
};

/// Who is let in, and the keys of those who are or are not.
class KeyBox {
public:
    KeyPair make() const { return *generate_keys(); }
    void let_in(const std::string& name, const KeyPair& keys) const {
        // Complete before it has its name, as careful operators do it.
        folder_.write(name, "public-key = " + keys.public_key + '\n');
        std::filesystem::rename(folder_.path(name), folder_.path(name + ".pub"));
    }
    void remove(const std::string& name) const {
        std::filesystem::remove(folder_.path(name + ".pub"));
    }
    ZmqOptions options(const KeyPair& keys, const std::string& token = "") const {
        ZmqOptions options;
        options.security = {keys.secret_key, folder_.path(), token};
        return options;
    }
    const Folder& folder() const { return folder_; }

private:
    Folder folder_;
};

}  // namespace quorate::net::test
