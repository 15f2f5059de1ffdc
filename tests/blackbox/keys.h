// Keys for members under test, made by `quorate keygen`, in a directory that goes with the test.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "process.h"

namespace quorate::blackbox {

class Keys {
public:
    Keys() {
        std::string name = (std::filesystem::temp_directory_path() / "quorate-XXXXXX").string();
        EXPECT_NE(mkdtemp(name.data()), nullptr);
        home_ = name;
        std::filesystem::create_directory(home_ / "authorized");
    }
    Keys(const Keys&) = delete;
    Keys& operator=(const Keys&) = delete;
    ~Keys() { std::filesystem::remove_all(home_); }

    std::string file(const std::string& name) const { return home_ / name; }
    std::string directory() const { return home_ / "authorized"; }
    /// A key pair that nobody lets in yet.
    void make(const std::string& name) const { EXPECT_EQ(run({"keygen", file(name)}).status, 0); }
    void let_in(const std::string& name) const {
        std::filesystem::copy_file(file(name + ".pub"), authorized(name));
    }
    void remove(const std::string& name) const { std::filesystem::remove(authorized(name)); }
    /// The options of the member whose keys these are; made and let in if there are none.
    Arguments of(const std::string& name) const {
        if (!std::filesystem::exists(file(name))) {
            make(name);
            let_in(name);
        }
        return {"--key", file(name), "--authorized-keys", directory()};
    }
    Arguments of(const std::string& name, const std::string& token) const {
        Arguments options = of(name);
        const std::string token_file = file(name + ".token");
        std::ofstream(token_file) << token << '\n';
        std::filesystem::permissions(token_file, std::filesystem::perms::owner_read);
        options.insert(options.end(), {"--token-file", token_file});
        return options;
    }

private:
    std::filesystem::path authorized(const std::string& name) const {
        return home_ / "authorized" / (name + ".pub");
    }
    std::filesystem::path home_;
};

}  // namespace quorate::blackbox
