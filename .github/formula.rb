# Homebrew formula; the release workflow fills in what stands in @…@.
class CognitoLogin < Formula
  desc "Sign in to an Amazon Cognito user pool from the command-line"
  homepage "https://github.com/@REPOSITORY@"
  version "@VERSION@"
  license any_of: ["MIT", "Apache-2.0"]

  on_macos do
    on_arm do
      url "https://github.com/@REPOSITORY@/releases/download/v@VERSION@/cognito-login-v@VERSION@-aarch64-apple-darwin.tar.gz"
      sha256 "@SHA256:aarch64-apple-darwin@"
    end
    on_intel do
      url "https://github.com/@REPOSITORY@/releases/download/v@VERSION@/cognito-login-v@VERSION@-x86_64-apple-darwin.tar.gz"
      sha256 "@SHA256:x86_64-apple-darwin@"
    end
  end

  on_linux do
    on_intel do
      url "https://github.com/@REPOSITORY@/releases/download/v@VERSION@/cognito-login-v@VERSION@-x86_64-unknown-linux-musl.tar.gz"
      sha256 "@SHA256:x86_64-unknown-linux-musl@"
    end
  end

  def install
    bin.install "cognito-login"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/cognito-login.bash" => "cognito-login"
    zsh_completion.install "completions/_cognito-login"
    fish_completion.install "completions/cognito-login.fish"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/cognito-login --version")
  end
end
