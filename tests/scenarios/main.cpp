// Plays scenario files: every command must tell what stands under it.
//
//   scenarios FILE…             compares; exit code 1 if a file tells another story, 2 if it is no
//                               story at all (an unknown command, a message that isn't there)
//   scenarios --rewrite FILE…   puts what is told under each command (also: QUORATE_REWRITE=1)
//   scenarios --commands        the table of commands
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include "tests/scenarios/commands.h"
#include "tests/scenarios/transcript.h"

namespace quorate::scenarios {
namespace {

enum Outcome { same = 0, different = 1, unusable = 2 };

void print_lines(std::string_view mark, const Lines& lines) {
    for (const std::string& line : lines) std::cout << mark << line << "\n";
}

Outcome play(const std::string& path, bool rewrite) {
    std::ifstream in(path);
    std::stringstream text;
    text << in.rdbuf();
    if (!in) {
        std::cout << path << ": can't be read\n";
        return unusable;
    }
    std::vector<Piece> pieces = parse(text.str());
    World world;
    Outcome outcome = same;
    for (Piece& piece : pieces) {
        if (!piece.is_command) continue;
        const std::string at = path + ":" + std::to_string(piece.line) + ": " + piece.text;
        try {
            Lines told = run_command(world, piece.text);
            if (told == piece.expected) continue;
            outcome = different;
            if (!rewrite) {
                std::cout << at << "\n";
                print_lines("  expected  ", piece.expected);
                print_lines("  told      ", told);
            }
            piece.expected = std::move(told);
        } catch (const ScriptError& error) {
            std::cout << at << ": " << error.what() << "\n";
            return unusable;
        }
    }
    if (!rewrite || outcome == same) return outcome;
    std::ofstream out(path);
    out << print(pieces);
    std::cout << path << ": rewritten\n";
    return out.good() ? same : unusable;
}

void print_commands() {
    for (const Command& command : all_commands()) {
        std::cout << command.name << " " << command.arguments << "\n    " << command.meaning
                  << "\n";
    }
}

}  // namespace
}  // namespace quorate::scenarios

int main(int argc, char** argv) {
    std::vector<std::string> files(argv + 1, argv + argc);
    if (std::erase(files, "--commands") > 0) {
        quorate::scenarios::print_commands();
        return 0;
    }
    const bool asked = std::erase(files, "--rewrite") > 0;
    const char* variable = std::getenv("QUORATE_REWRITE");
    const bool rewrite = asked || (variable != nullptr && std::string_view(variable) == "1");
    int worst = files.empty() ? 2 : 0;
    for (const std::string& file : files) {
        worst = std::max<int>(worst, quorate::scenarios::play(file, rewrite));
    }
    return worst;
}
