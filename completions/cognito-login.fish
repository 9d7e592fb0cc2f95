complete -c cognito-login -l profile -r -f -a "(cognito-login completions profiles 2>/dev/null)"
# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_cognito_login_global_optspecs
    string join \n config= user-pool-id= client-id= client-secret-stdin domain= issuer= redirect-uri= listen= logout-uri= scope= identity-pool-id= grant= store= timeout= no-preflight json q/quiet v/verbose color= profile= h/help V/version
end

function __fish_cognito_login_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_cognito_login_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_cognito_login_using_subcommand
    set -l cmd (__fish_cognito_login_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c cognito-login -n "__fish_cognito_login_needs_command" -l config -d 'The file of profiles' -r -F
complete -c cognito-login -n "__fish_cognito_login_needs_command" -l user-pool-id -d 'The user pool, such as us-east-1_AbCdEf123' -r
complete -c cognito-login -n "__fish_cognito_login_needs_command" -l client-id -d 'The app client' -r
complete -c cognito-login -n "__fish_cognito_login_needs_command" -l domain -d 'The pool\'s domain: prefix, host, URL or custom host; found by discovery if absent' -r
complete -c cognito-login -n "__fish_cognito_login_needs_command" -l issuer -d 'The issuer, instead of the pool id' -r
complete -c cognito-login -n "__fish_cognito_login_needs_command" -l redirect-uri -d 'A registered redirect URI, sent as written; the first with a free port is used' -r
complete -c cognito-login -n "__fish_cognito_login_needs_command" -l listen -d 'The address to bind when it differs from the redirect (containers)' -r
complete -c cognito-login -n "__fish_cognito_login_needs_command" -l logout-uri -d 'The registered sign-out URL' -r
complete -c cognito-login -n "__fish_cognito_login_needs_command" -l scope -d 'Scopes to ask for; openid is added if missing' -r
complete -c cognito-login -n "__fish_cognito_login_needs_command" -l identity-pool-id -d 'The identity pool, for aws-credentials' -r
complete -c cognito-login -n "__fish_cognito_login_needs_command" -l grant -d 'code for people, client_credentials for machines' -r
complete -c cognito-login -n "__fish_cognito_login_needs_command" -l store -d 'Where the session is kept: keyring, file or none' -r
complete -c cognito-login -n "__fish_cognito_login_needs_command" -l timeout -d 'How long a person may take to sign in, such as 5m' -r
complete -c cognito-login -n "__fish_cognito_login_needs_command" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c cognito-login -n "__fish_cognito_login_needs_command" -l profile -d 'The profile to use; `sandbox` is built in' -r -f
complete -c cognito-login -n "__fish_cognito_login_needs_command" -l client-secret-stdin -d 'Read the app client\'s secret as one line from standard input'
complete -c cognito-login -n "__fish_cognito_login_needs_command" -l no-preflight -d 'Skip the look at the login pages before the browser opens'
complete -c cognito-login -n "__fish_cognito_login_needs_command" -l json -d 'Data and errors as JSON'
complete -c cognito-login -n "__fish_cognito_login_needs_command" -s q -l quiet -d 'Say nothing but errors and what must be seen to go on'
complete -c cognito-login -n "__fish_cognito_login_needs_command" -s v -l verbose -d 'Tell each step on stderr, never a secret'
complete -c cognito-login -n "__fish_cognito_login_needs_command" -s h -l help -d 'Print help'
complete -c cognito-login -n "__fish_cognito_login_needs_command" -s V -l version -d 'Print version'
complete -c cognito-login -n "__fish_cognito_login_needs_command" -f -a "login" -d 'Sign in through the pool\'s login pages and keep the session'
complete -c cognito-login -n "__fish_cognito_login_needs_command" -f -a "whoami" -d 'Show who is signed in, as the pool says now'
complete -c cognito-login -n "__fish_cognito_login_needs_command" -f -a "token" -d 'Print a valid token, renewing it if needed'
complete -c cognito-login -n "__fish_cognito_login_needs_command" -f -a "logout" -d 'Revoke and delete the session'
complete -c cognito-login -n "__fish_cognito_login_needs_command" -f -a "status" -d 'Show what is kept on this machine, without network or keyring'
complete -c cognito-login -n "__fish_cognito_login_needs_command" -f -a "doctor" -d 'Check everything a sign-in needs, and say what to do about each failure'
complete -c cognito-login -n "__fish_cognito_login_needs_command" -f -a "exec" -d 'Run a program with the tokens in its environment'
complete -c cognito-login -n "__fish_cognito_login_needs_command" -f -a "curl" -d 'Run curl with the Authorization header'
complete -c cognito-login -n "__fish_cognito_login_needs_command" -f -a "aws-credentials" -d 'Print temporary AWS credentials from an identity pool'
complete -c cognito-login -n "__fish_cognito_login_needs_command" -f -a "kubernetes" -d 'Print the ID token as a Kubernetes client wants it'
complete -c cognito-login -n "__fish_cognito_login_needs_command" -f -a "sandbox" -d 'Run a user pool on this machine, with login pages'
complete -c cognito-login -n "__fish_cognito_login_needs_command" -f -a "demo" -d 'See a whole sign-in against a pool in this process, without an AWS account'
complete -c cognito-login -n "__fish_cognito_login_needs_command" -f -a "configure" -d 'Set up a profile: asks, or takes flags or another tool\'s file'
complete -c cognito-login -n "__fish_cognito_login_needs_command" -f -a "template" -d 'Print a CloudFormation template that makes a pool, its login pages and an app client'
complete -c cognito-login -n "__fish_cognito_login_needs_command" -f -a "completions" -d 'Print the completion script of a shell'
complete -c cognito-login -n "__fish_cognito_login_needs_command" -f -a "man" -d 'Print the manual page'
complete -c cognito-login -n "__fish_cognito_login_needs_command" -f -a "errors" -d 'Print every error by name'
complete -c cognito-login -n "__fish_cognito_login_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l browser -d 'The command that opens the address, which is appended or stands at %s' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l idp -d 'Go straight to this identity provider' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l idp-identifier -d 'The same by its identifier, such as a mail domain' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l login-hint -d 'The user name to fill in' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l lang -d 'The language of the login pages, such as de or pt-BR' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l prompt -d 'login asks for the password again; managed login only' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l resource -d 'The API the access token is for (its `aud`)' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l config -d 'The file of profiles' -r -F
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l user-pool-id -d 'The user pool, such as us-east-1_AbCdEf123' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l client-id -d 'The app client' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l domain -d 'The pool\'s domain: prefix, host, URL or custom host; found by discovery if absent' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l issuer -d 'The issuer, instead of the pool id' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l redirect-uri -d 'A registered redirect URI, sent as written; the first with a free port is used' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l listen -d 'The address to bind when it differs from the redirect (containers)' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l logout-uri -d 'The registered sign-out URL' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l scope -d 'Scopes to ask for; openid is added if missing' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l identity-pool-id -d 'The identity pool, for aws-credentials' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l grant -d 'code for people, client_credentials for machines' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l store -d 'Where the session is kept: keyring, file or none' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l timeout -d 'How long a person may take to sign in, such as 5m' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l profile -d 'The profile to use; `sandbox` is built in' -r -f
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l no-browser -d 'Open nothing: follow the printed address anywhere, then paste where it led'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l qr -d 'Show the address as a QR code too, for a phone; opens no browser here unless one is named'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l copy -d 'Put the address on the clipboard of the terminal\'s machine, over SSH too (OSC 52)'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l switch-user -d 'Sign out of the login pages first, so that someone else can sign in'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l signup -d 'Start at the sign-up page'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l client-secret-stdin -d 'Read the app client\'s secret as one line from standard input'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l no-preflight -d 'Skip the look at the login pages before the browser opens'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l json -d 'Data and errors as JSON'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -s q -l quiet -d 'Say nothing but errors and what must be seen to go on'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -s v -l verbose -d 'Tell each step on stderr, never a secret'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -s h -l help -d 'Print help'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -s V -l version -d 'Print version'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand whoami" -l config -d 'The file of profiles' -r -F
complete -c cognito-login -n "__fish_cognito_login_using_subcommand whoami" -l user-pool-id -d 'The user pool, such as us-east-1_AbCdEf123' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand whoami" -l client-id -d 'The app client' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand whoami" -l domain -d 'The pool\'s domain: prefix, host, URL or custom host; found by discovery if absent' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand whoami" -l issuer -d 'The issuer, instead of the pool id' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand whoami" -l redirect-uri -d 'A registered redirect URI, sent as written; the first with a free port is used' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand whoami" -l listen -d 'The address to bind when it differs from the redirect (containers)' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand whoami" -l logout-uri -d 'The registered sign-out URL' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand whoami" -l scope -d 'Scopes to ask for; openid is added if missing' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand whoami" -l identity-pool-id -d 'The identity pool, for aws-credentials' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand whoami" -l grant -d 'code for people, client_credentials for machines' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand whoami" -l store -d 'Where the session is kept: keyring, file or none' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand whoami" -l timeout -d 'How long a person may take to sign in, such as 5m' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand whoami" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c cognito-login -n "__fish_cognito_login_using_subcommand whoami" -l profile -d 'The profile to use; `sandbox` is built in' -r -f
complete -c cognito-login -n "__fish_cognito_login_using_subcommand whoami" -l offline -d 'From what is kept here, without the network'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand whoami" -l claims -d 'The decoded claims of the ID and access tokens'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand whoami" -l client-secret-stdin -d 'Read the app client\'s secret as one line from standard input'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand whoami" -l no-preflight -d 'Skip the look at the login pages before the browser opens'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand whoami" -l json -d 'Data and errors as JSON'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand whoami" -s q -l quiet -d 'Say nothing but errors and what must be seen to go on'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand whoami" -s v -l verbose -d 'Tell each step on stderr, never a secret'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand whoami" -s h -l help -d 'Print help'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand whoami" -s V -l version -d 'Print version'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l browser -d 'The command that opens the address, which is appended or stands at %s' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l min-ttl -d 'How long the token must still be good' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l config -d 'The file of profiles' -r -F
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l user-pool-id -d 'The user pool, such as us-east-1_AbCdEf123' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l client-id -d 'The app client' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l domain -d 'The pool\'s domain: prefix, host, URL or custom host; found by discovery if absent' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l issuer -d 'The issuer, instead of the pool id' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l redirect-uri -d 'A registered redirect URI, sent as written; the first with a free port is used' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l listen -d 'The address to bind when it differs from the redirect (containers)' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l logout-uri -d 'The registered sign-out URL' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l scope -d 'Scopes to ask for; openid is added if missing' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l identity-pool-id -d 'The identity pool, for aws-credentials' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l grant -d 'code for people, client_credentials for machines' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l store -d 'Where the session is kept: keyring, file or none' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l timeout -d 'How long a person may take to sign in, such as 5m' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l profile -d 'The profile to use; `sandbox` is built in' -r -f
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l no-browser -d 'Open nothing: follow the printed address anywhere, then paste where it led'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l access -d 'The access token (the default)'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l id -d 'The ID token'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l header -d 'As an HTTP header: Authorization: Bearer …'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l force-refresh -d 'Renew it even if it is still good'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l login -d 'Sign in if nobody is signed in'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l client-secret-stdin -d 'Read the app client\'s secret as one line from standard input'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l no-preflight -d 'Skip the look at the login pages before the browser opens'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l json -d 'Data and errors as JSON'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -s q -l quiet -d 'Say nothing but errors and what must be seen to go on'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -s v -l verbose -d 'Tell each step on stderr, never a secret'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -s h -l help -d 'Print help'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -s V -l version -d 'Print version'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand logout" -l config -d 'The file of profiles' -r -F
complete -c cognito-login -n "__fish_cognito_login_using_subcommand logout" -l user-pool-id -d 'The user pool, such as us-east-1_AbCdEf123' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand logout" -l client-id -d 'The app client' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand logout" -l domain -d 'The pool\'s domain: prefix, host, URL or custom host; found by discovery if absent' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand logout" -l issuer -d 'The issuer, instead of the pool id' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand logout" -l redirect-uri -d 'A registered redirect URI, sent as written; the first with a free port is used' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand logout" -l listen -d 'The address to bind when it differs from the redirect (containers)' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand logout" -l logout-uri -d 'The registered sign-out URL' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand logout" -l scope -d 'Scopes to ask for; openid is added if missing' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand logout" -l identity-pool-id -d 'The identity pool, for aws-credentials' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand logout" -l grant -d 'code for people, client_credentials for machines' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand logout" -l store -d 'Where the session is kept: keyring, file or none' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand logout" -l timeout -d 'How long a person may take to sign in, such as 5m' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand logout" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c cognito-login -n "__fish_cognito_login_using_subcommand logout" -l profile -d 'The profile to use; `sandbox` is built in' -r -f
complete -c cognito-login -n "__fish_cognito_login_using_subcommand logout" -l all -d 'Sign out of every profile that is signed in on this machine'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand logout" -l browser -d 'End the login pages\' own session too, in the browser'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand logout" -l client-secret-stdin -d 'Read the app client\'s secret as one line from standard input'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand logout" -l no-preflight -d 'Skip the look at the login pages before the browser opens'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand logout" -l json -d 'Data and errors as JSON'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand logout" -s q -l quiet -d 'Say nothing but errors and what must be seen to go on'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand logout" -s v -l verbose -d 'Tell each step on stderr, never a secret'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand logout" -s h -l help -d 'Print help'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand logout" -s V -l version -d 'Print version'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand status" -l config -d 'The file of profiles' -r -F
complete -c cognito-login -n "__fish_cognito_login_using_subcommand status" -l user-pool-id -d 'The user pool, such as us-east-1_AbCdEf123' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand status" -l client-id -d 'The app client' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand status" -l domain -d 'The pool\'s domain: prefix, host, URL or custom host; found by discovery if absent' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand status" -l issuer -d 'The issuer, instead of the pool id' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand status" -l redirect-uri -d 'A registered redirect URI, sent as written; the first with a free port is used' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand status" -l listen -d 'The address to bind when it differs from the redirect (containers)' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand status" -l logout-uri -d 'The registered sign-out URL' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand status" -l scope -d 'Scopes to ask for; openid is added if missing' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand status" -l identity-pool-id -d 'The identity pool, for aws-credentials' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand status" -l grant -d 'code for people, client_credentials for machines' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand status" -l store -d 'Where the session is kept: keyring, file or none' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand status" -l timeout -d 'How long a person may take to sign in, such as 5m' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand status" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c cognito-login -n "__fish_cognito_login_using_subcommand status" -l profile -d 'The profile to use; `sandbox` is built in' -r -f
complete -c cognito-login -n "__fish_cognito_login_using_subcommand status" -l client-secret-stdin -d 'Read the app client\'s secret as one line from standard input'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand status" -l no-preflight -d 'Skip the look at the login pages before the browser opens'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand status" -l json -d 'Data and errors as JSON'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand status" -s q -l quiet -d 'Say nothing but errors and what must be seen to go on'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand status" -s v -l verbose -d 'Tell each step on stderr, never a secret'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand status" -s h -l help -d 'Print help'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand status" -s V -l version -d 'Print version'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand doctor" -l config -d 'The file of profiles' -r -F
complete -c cognito-login -n "__fish_cognito_login_using_subcommand doctor" -l user-pool-id -d 'The user pool, such as us-east-1_AbCdEf123' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand doctor" -l client-id -d 'The app client' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand doctor" -l domain -d 'The pool\'s domain: prefix, host, URL or custom host; found by discovery if absent' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand doctor" -l issuer -d 'The issuer, instead of the pool id' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand doctor" -l redirect-uri -d 'A registered redirect URI, sent as written; the first with a free port is used' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand doctor" -l listen -d 'The address to bind when it differs from the redirect (containers)' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand doctor" -l logout-uri -d 'The registered sign-out URL' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand doctor" -l scope -d 'Scopes to ask for; openid is added if missing' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand doctor" -l identity-pool-id -d 'The identity pool, for aws-credentials' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand doctor" -l grant -d 'code for people, client_credentials for machines' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand doctor" -l store -d 'Where the session is kept: keyring, file or none' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand doctor" -l timeout -d 'How long a person may take to sign in, such as 5m' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand doctor" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c cognito-login -n "__fish_cognito_login_using_subcommand doctor" -l profile -d 'The profile to use; `sandbox` is built in' -r -f
complete -c cognito-login -n "__fish_cognito_login_using_subcommand doctor" -l client-secret-stdin -d 'Read the app client\'s secret as one line from standard input'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand doctor" -l no-preflight -d 'Skip the look at the login pages before the browser opens'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand doctor" -l json -d 'Data and errors as JSON'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand doctor" -s q -l quiet -d 'Say nothing but errors and what must be seen to go on'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand doctor" -s v -l verbose -d 'Tell each step on stderr, never a secret'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand doctor" -s h -l help -d 'Print help'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand doctor" -s V -l version -d 'Print version'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand exec" -l config -d 'The file of profiles' -r -F
complete -c cognito-login -n "__fish_cognito_login_using_subcommand exec" -l user-pool-id -d 'The user pool, such as us-east-1_AbCdEf123' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand exec" -l client-id -d 'The app client' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand exec" -l domain -d 'The pool\'s domain: prefix, host, URL or custom host; found by discovery if absent' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand exec" -l issuer -d 'The issuer, instead of the pool id' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand exec" -l redirect-uri -d 'A registered redirect URI, sent as written; the first with a free port is used' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand exec" -l listen -d 'The address to bind when it differs from the redirect (containers)' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand exec" -l logout-uri -d 'The registered sign-out URL' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand exec" -l scope -d 'Scopes to ask for; openid is added if missing' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand exec" -l identity-pool-id -d 'The identity pool, for aws-credentials' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand exec" -l grant -d 'code for people, client_credentials for machines' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand exec" -l store -d 'Where the session is kept: keyring, file or none' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand exec" -l timeout -d 'How long a person may take to sign in, such as 5m' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand exec" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c cognito-login -n "__fish_cognito_login_using_subcommand exec" -l profile -d 'The profile to use; `sandbox` is built in' -r -f
complete -c cognito-login -n "__fish_cognito_login_using_subcommand exec" -l client-secret-stdin -d 'Read the app client\'s secret as one line from standard input'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand exec" -l no-preflight -d 'Skip the look at the login pages before the browser opens'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand exec" -l json -d 'Data and errors as JSON'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand exec" -s q -l quiet -d 'Say nothing but errors and what must be seen to go on'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand exec" -s v -l verbose -d 'Tell each step on stderr, never a secret'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand exec" -s h -l help -d 'Print help'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand exec" -s V -l version -d 'Print version'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand curl" -l config -d 'The file of profiles' -r -F
complete -c cognito-login -n "__fish_cognito_login_using_subcommand curl" -l user-pool-id -d 'The user pool, such as us-east-1_AbCdEf123' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand curl" -l client-id -d 'The app client' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand curl" -l domain -d 'The pool\'s domain: prefix, host, URL or custom host; found by discovery if absent' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand curl" -l issuer -d 'The issuer, instead of the pool id' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand curl" -l redirect-uri -d 'A registered redirect URI, sent as written; the first with a free port is used' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand curl" -l listen -d 'The address to bind when it differs from the redirect (containers)' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand curl" -l logout-uri -d 'The registered sign-out URL' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand curl" -l scope -d 'Scopes to ask for; openid is added if missing' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand curl" -l identity-pool-id -d 'The identity pool, for aws-credentials' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand curl" -l grant -d 'code for people, client_credentials for machines' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand curl" -l store -d 'Where the session is kept: keyring, file or none' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand curl" -l timeout -d 'How long a person may take to sign in, such as 5m' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand curl" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c cognito-login -n "__fish_cognito_login_using_subcommand curl" -l profile -d 'The profile to use; `sandbox` is built in' -r -f
complete -c cognito-login -n "__fish_cognito_login_using_subcommand curl" -l id -d 'Send the ID token, where an authorizer wants it'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand curl" -l allow-http -d 'Send the token by plain http too, to any host'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand curl" -l client-secret-stdin -d 'Read the app client\'s secret as one line from standard input'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand curl" -l no-preflight -d 'Skip the look at the login pages before the browser opens'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand curl" -l json -d 'Data and errors as JSON'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand curl" -s q -l quiet -d 'Say nothing but errors and what must be seen to go on'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand curl" -s v -l verbose -d 'Tell each step on stderr, never a secret'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand curl" -s h -l help -d 'Print help'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand curl" -s V -l version -d 'Print version'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand aws-credentials" -l role-arn -d 'The role, where the identity pool lets you choose among those of your groups' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand aws-credentials" -l format -d 'json for credential_process, env for a shell' -r -f -a "json\t''
env\t''"
complete -c cognito-login -n "__fish_cognito_login_using_subcommand aws-credentials" -l config -d 'The file of profiles' -r -F
complete -c cognito-login -n "__fish_cognito_login_using_subcommand aws-credentials" -l user-pool-id -d 'The user pool, such as us-east-1_AbCdEf123' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand aws-credentials" -l client-id -d 'The app client' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand aws-credentials" -l domain -d 'The pool\'s domain: prefix, host, URL or custom host; found by discovery if absent' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand aws-credentials" -l issuer -d 'The issuer, instead of the pool id' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand aws-credentials" -l redirect-uri -d 'A registered redirect URI, sent as written; the first with a free port is used' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand aws-credentials" -l listen -d 'The address to bind when it differs from the redirect (containers)' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand aws-credentials" -l logout-uri -d 'The registered sign-out URL' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand aws-credentials" -l scope -d 'Scopes to ask for; openid is added if missing' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand aws-credentials" -l identity-pool-id -d 'The identity pool, for aws-credentials' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand aws-credentials" -l grant -d 'code for people, client_credentials for machines' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand aws-credentials" -l store -d 'Where the session is kept: keyring, file or none' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand aws-credentials" -l timeout -d 'How long a person may take to sign in, such as 5m' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand aws-credentials" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c cognito-login -n "__fish_cognito_login_using_subcommand aws-credentials" -l profile -d 'The profile to use; `sandbox` is built in' -r -f
complete -c cognito-login -n "__fish_cognito_login_using_subcommand aws-credentials" -l client-secret-stdin -d 'Read the app client\'s secret as one line from standard input'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand aws-credentials" -l no-preflight -d 'Skip the look at the login pages before the browser opens'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand aws-credentials" -l json -d 'Data and errors as JSON'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand aws-credentials" -s q -l quiet -d 'Say nothing but errors and what must be seen to go on'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand aws-credentials" -s v -l verbose -d 'Tell each step on stderr, never a secret'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand aws-credentials" -s h -l help -d 'Print help'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand aws-credentials" -s V -l version -d 'Print version'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand kubernetes" -l browser -d 'The command that opens the address, which is appended or stands at %s' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand kubernetes" -l config -d 'The file of profiles' -r -F
complete -c cognito-login -n "__fish_cognito_login_using_subcommand kubernetes" -l user-pool-id -d 'The user pool, such as us-east-1_AbCdEf123' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand kubernetes" -l client-id -d 'The app client' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand kubernetes" -l domain -d 'The pool\'s domain: prefix, host, URL or custom host; found by discovery if absent' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand kubernetes" -l issuer -d 'The issuer, instead of the pool id' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand kubernetes" -l redirect-uri -d 'A registered redirect URI, sent as written; the first with a free port is used' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand kubernetes" -l listen -d 'The address to bind when it differs from the redirect (containers)' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand kubernetes" -l logout-uri -d 'The registered sign-out URL' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand kubernetes" -l scope -d 'Scopes to ask for; openid is added if missing' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand kubernetes" -l identity-pool-id -d 'The identity pool, for aws-credentials' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand kubernetes" -l grant -d 'code for people, client_credentials for machines' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand kubernetes" -l store -d 'Where the session is kept: keyring, file or none' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand kubernetes" -l timeout -d 'How long a person may take to sign in, such as 5m' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand kubernetes" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c cognito-login -n "__fish_cognito_login_using_subcommand kubernetes" -l profile -d 'The profile to use; `sandbox` is built in' -r -f
complete -c cognito-login -n "__fish_cognito_login_using_subcommand kubernetes" -l no-browser -d 'Open nothing: follow the printed address anywhere, then paste where it led'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand kubernetes" -l login -d 'Sign in if nobody is signed in and kubectl says that a person is there'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand kubernetes" -l client-secret-stdin -d 'Read the app client\'s secret as one line from standard input'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand kubernetes" -l no-preflight -d 'Skip the look at the login pages before the browser opens'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand kubernetes" -l json -d 'Data and errors as JSON'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand kubernetes" -s q -l quiet -d 'Say nothing but errors and what must be seen to go on'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand kubernetes" -s v -l verbose -d 'Tell each step on stderr, never a secret'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand kubernetes" -s h -l help -d 'Print help'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand kubernetes" -s V -l version -d 'Print version'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l port -d 'The port on this machine\'s loopback; 0 takes a free one' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l pool-file -d 'A file (TOML) with clients, users, groups and rules, for a team; flags are stronger' -r -F
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l user -d 'A user instead of ada, whose password is Engine-1843; repeatable' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l mfa -d 'Ask for a code of an authenticator app: off, optional or required [default: off]' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l require-attribute -d 'An attribute a sign-up has to give, such as name or phone_number' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l idp -d 'An OpenID provider at http:// on this machine; the secret of `Work` comes from COGNITO_IDP_SECRET_WORK' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l logo -d 'A picture above the login pages, taken without restart' -r -F
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l css -d 'A style sheet for the login pages, taken without restart; knows Cognito\'s class names' -r -F
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l seed -d 'Make codes, secrets and tokens the same in each sandbox with this seed' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l rotation-grace -d 'How many seconds a rotated refresh token still works [default: 0]' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l access-token-lifetime -d 'How long access tokens live [default: 1h]' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l id-token-lifetime -d 'How long ID tokens live [default: 1h]' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l refresh-token-lifetime -d 'How long a session can be renewed [default: 30d]' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l config -d 'The file of profiles' -r -F
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l user-pool-id -d 'The user pool, such as us-east-1_AbCdEf123' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l client-id -d 'The app client' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l domain -d 'The pool\'s domain: prefix, host, URL or custom host; found by discovery if absent' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l issuer -d 'The issuer, instead of the pool id' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l redirect-uri -d 'A registered redirect URI, sent as written; the first with a free port is used' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l listen -d 'The address to bind when it differs from the redirect (containers)' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l logout-uri -d 'The registered sign-out URL' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l scope -d 'Scopes to ask for; openid is added if missing' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l identity-pool-id -d 'The identity pool, for aws-credentials' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l grant -d 'code for people, client_credentials for machines' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l store -d 'Where the session is kept: keyring, file or none' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l timeout -d 'How long a person may take to sign in, such as 5m' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l profile -d 'The profile to use; `sandbox` is built in' -r -f
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l client-secret -d 'Make the app client confidential; its secret is in the ready line'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l rotate-refresh-tokens -d 'Give a new refresh token with each refresh'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l client-secret-stdin -d 'Read the app client\'s secret as one line from standard input'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l no-preflight -d 'Skip the look at the login pages before the browser opens'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l json -d 'Data and errors as JSON'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -s q -l quiet -d 'Say nothing but errors and what must be seen to go on'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -s v -l verbose -d 'Tell each step on stderr, never a secret'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -s h -l help -d 'Print help'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -s V -l version -d 'Print version'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -l browser -d 'The command that opens the address, which is appended or stands at %s' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -l config -d 'The file of profiles' -r -F
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -l user-pool-id -d 'The user pool, such as us-east-1_AbCdEf123' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -l client-id -d 'The app client' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -l domain -d 'The pool\'s domain: prefix, host, URL or custom host; found by discovery if absent' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -l issuer -d 'The issuer, instead of the pool id' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -l redirect-uri -d 'A registered redirect URI, sent as written; the first with a free port is used' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -l listen -d 'The address to bind when it differs from the redirect (containers)' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -l logout-uri -d 'The registered sign-out URL' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -l scope -d 'Scopes to ask for; openid is added if missing' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -l identity-pool-id -d 'The identity pool, for aws-credentials' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -l grant -d 'code for people, client_credentials for machines' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -l store -d 'Where the session is kept: keyring, file or none' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -l timeout -d 'How long a person may take to sign in, such as 5m' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -l profile -d 'The profile to use; `sandbox` is built in' -r -f
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -l no-browser -d 'Open nothing: follow the printed address anywhere, then paste where it led'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -l client-secret-stdin -d 'Read the app client\'s secret as one line from standard input'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -l no-preflight -d 'Skip the look at the login pages before the browser opens'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -l json -d 'Data and errors as JSON'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -s q -l quiet -d 'Say nothing but errors and what must be seen to go on'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -s v -l verbose -d 'Tell each step on stderr, never a secret'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -s h -l help -d 'Print help'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -s V -l version -d 'Print version'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand configure" -l browser -d 'The command that opens the address, which is appended or stands at %s' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand configure" -l import -d 'Take the settings from another tool\'s file; - for standard input' -r -F
complete -c cognito-login -n "__fish_cognito_login_using_subcommand configure" -l kubeconfig -d 'Add a user for kubectl to this kubeconfig' -r -F
complete -c cognito-login -n "__fish_cognito_login_using_subcommand configure" -l config -d 'The file of profiles' -r -F
complete -c cognito-login -n "__fish_cognito_login_using_subcommand configure" -l user-pool-id -d 'The user pool, such as us-east-1_AbCdEf123' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand configure" -l client-id -d 'The app client' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand configure" -l domain -d 'The pool\'s domain: prefix, host, URL or custom host; found by discovery if absent' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand configure" -l issuer -d 'The issuer, instead of the pool id' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand configure" -l redirect-uri -d 'A registered redirect URI, sent as written; the first with a free port is used' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand configure" -l listen -d 'The address to bind when it differs from the redirect (containers)' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand configure" -l logout-uri -d 'The registered sign-out URL' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand configure" -l scope -d 'Scopes to ask for; openid is added if missing' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand configure" -l identity-pool-id -d 'The identity pool, for aws-credentials' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand configure" -l grant -d 'code for people, client_credentials for machines' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand configure" -l store -d 'Where the session is kept: keyring, file or none' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand configure" -l timeout -d 'How long a person may take to sign in, such as 5m' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand configure" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c cognito-login -n "__fish_cognito_login_using_subcommand configure" -l profile -d 'The profile to use; `sandbox` is built in' -r -f
complete -c cognito-login -n "__fish_cognito_login_using_subcommand configure" -l no-browser -d 'Open nothing: follow the printed address anywhere, then paste where it led'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand configure" -l client-secret-stdin -d 'Read the app client\'s secret as one line from standard input'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand configure" -l no-preflight -d 'Skip the look at the login pages before the browser opens'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand configure" -l json -d 'Data and errors as JSON'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand configure" -s q -l quiet -d 'Say nothing but errors and what must be seen to go on'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand configure" -s v -l verbose -d 'Tell each step on stderr, never a secret'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand configure" -s h -l help -d 'Print help'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand configure" -s V -l version -d 'Print version'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand template" -l group -d 'Make a group, for `cognito:groups` in the tokens (repeatable)' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand template" -l resource-server -d 'Make a resource server and ask for its scopes, such as api:read,write (repeatable)' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand template" -l css -d 'The style sheet of the classic login pages' -r -F
complete -c cognito-login -n "__fish_cognito_login_using_subcommand template" -l logo -d 'A logo for the login pages' -r -F
complete -c cognito-login -n "__fish_cognito_login_using_subcommand template" -l config -d 'The file of profiles' -r -F
complete -c cognito-login -n "__fish_cognito_login_using_subcommand template" -l user-pool-id -d 'The user pool, such as us-east-1_AbCdEf123' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand template" -l client-id -d 'The app client' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand template" -l domain -d 'The pool\'s domain: prefix, host, URL or custom host; found by discovery if absent' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand template" -l issuer -d 'The issuer, instead of the pool id' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand template" -l redirect-uri -d 'A registered redirect URI, sent as written; the first with a free port is used' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand template" -l listen -d 'The address to bind when it differs from the redirect (containers)' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand template" -l logout-uri -d 'The registered sign-out URL' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand template" -l scope -d 'Scopes to ask for; openid is added if missing' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand template" -l identity-pool-id -d 'The identity pool, for aws-credentials' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand template" -l grant -d 'code for people, client_credentials for machines' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand template" -l store -d 'Where the session is kept: keyring, file or none' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand template" -l timeout -d 'How long a person may take to sign in, such as 5m' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand template" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c cognito-login -n "__fish_cognito_login_using_subcommand template" -l profile -d 'The profile to use; `sandbox` is built in' -r -f
complete -c cognito-login -n "__fish_cognito_login_using_subcommand template" -l confidential -d 'Give the app client a secret'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand template" -l rotation -d 'Let each refresh token be used once'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand template" -l identity-pool -d 'Make an identity pool and a role, for aws-credentials'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand template" -l classic -d 'Take the classic login pages instead of managed login'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand template" -l client-secret-stdin -d 'Read the app client\'s secret as one line from standard input'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand template" -l no-preflight -d 'Skip the look at the login pages before the browser opens'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand template" -l json -d 'Data and errors as JSON'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand template" -s q -l quiet -d 'Say nothing but errors and what must be seen to go on'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand template" -s v -l verbose -d 'Tell each step on stderr, never a secret'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand template" -s h -l help -d 'Print help'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand template" -s V -l version -d 'Print version'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand completions" -l config -d 'The file of profiles' -r -F
complete -c cognito-login -n "__fish_cognito_login_using_subcommand completions" -l user-pool-id -d 'The user pool, such as us-east-1_AbCdEf123' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand completions" -l client-id -d 'The app client' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand completions" -l domain -d 'The pool\'s domain: prefix, host, URL or custom host; found by discovery if absent' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand completions" -l issuer -d 'The issuer, instead of the pool id' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand completions" -l redirect-uri -d 'A registered redirect URI, sent as written; the first with a free port is used' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand completions" -l listen -d 'The address to bind when it differs from the redirect (containers)' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand completions" -l logout-uri -d 'The registered sign-out URL' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand completions" -l scope -d 'Scopes to ask for; openid is added if missing' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand completions" -l identity-pool-id -d 'The identity pool, for aws-credentials' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand completions" -l grant -d 'code for people, client_credentials for machines' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand completions" -l store -d 'Where the session is kept: keyring, file or none' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand completions" -l timeout -d 'How long a person may take to sign in, such as 5m' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand completions" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c cognito-login -n "__fish_cognito_login_using_subcommand completions" -l profile -d 'The profile to use; `sandbox` is built in' -r -f
complete -c cognito-login -n "__fish_cognito_login_using_subcommand completions" -l client-secret-stdin -d 'Read the app client\'s secret as one line from standard input'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand completions" -l no-preflight -d 'Skip the look at the login pages before the browser opens'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand completions" -l json -d 'Data and errors as JSON'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand completions" -s q -l quiet -d 'Say nothing but errors and what must be seen to go on'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand completions" -s v -l verbose -d 'Tell each step on stderr, never a secret'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand completions" -s h -l help -d 'Print help'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand completions" -s V -l version -d 'Print version'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand man" -l config -d 'The file of profiles' -r -F
complete -c cognito-login -n "__fish_cognito_login_using_subcommand man" -l user-pool-id -d 'The user pool, such as us-east-1_AbCdEf123' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand man" -l client-id -d 'The app client' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand man" -l domain -d 'The pool\'s domain: prefix, host, URL or custom host; found by discovery if absent' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand man" -l issuer -d 'The issuer, instead of the pool id' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand man" -l redirect-uri -d 'A registered redirect URI, sent as written; the first with a free port is used' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand man" -l listen -d 'The address to bind when it differs from the redirect (containers)' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand man" -l logout-uri -d 'The registered sign-out URL' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand man" -l scope -d 'Scopes to ask for; openid is added if missing' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand man" -l identity-pool-id -d 'The identity pool, for aws-credentials' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand man" -l grant -d 'code for people, client_credentials for machines' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand man" -l store -d 'Where the session is kept: keyring, file or none' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand man" -l timeout -d 'How long a person may take to sign in, such as 5m' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand man" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c cognito-login -n "__fish_cognito_login_using_subcommand man" -l profile -d 'The profile to use; `sandbox` is built in' -r -f
complete -c cognito-login -n "__fish_cognito_login_using_subcommand man" -l client-secret-stdin -d 'Read the app client\'s secret as one line from standard input'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand man" -l no-preflight -d 'Skip the look at the login pages before the browser opens'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand man" -l json -d 'Data and errors as JSON'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand man" -s q -l quiet -d 'Say nothing but errors and what must be seen to go on'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand man" -s v -l verbose -d 'Tell each step on stderr, never a secret'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand man" -s h -l help -d 'Print help'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand man" -s V -l version -d 'Print version'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand errors" -l config -d 'The file of profiles' -r -F
complete -c cognito-login -n "__fish_cognito_login_using_subcommand errors" -l user-pool-id -d 'The user pool, such as us-east-1_AbCdEf123' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand errors" -l client-id -d 'The app client' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand errors" -l domain -d 'The pool\'s domain: prefix, host, URL or custom host; found by discovery if absent' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand errors" -l issuer -d 'The issuer, instead of the pool id' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand errors" -l redirect-uri -d 'A registered redirect URI, sent as written; the first with a free port is used' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand errors" -l listen -d 'The address to bind when it differs from the redirect (containers)' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand errors" -l logout-uri -d 'The registered sign-out URL' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand errors" -l scope -d 'Scopes to ask for; openid is added if missing' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand errors" -l identity-pool-id -d 'The identity pool, for aws-credentials' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand errors" -l grant -d 'code for people, client_credentials for machines' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand errors" -l store -d 'Where the session is kept: keyring, file or none' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand errors" -l timeout -d 'How long a person may take to sign in, such as 5m' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand errors" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c cognito-login -n "__fish_cognito_login_using_subcommand errors" -l profile -d 'The profile to use; `sandbox` is built in' -r -f
complete -c cognito-login -n "__fish_cognito_login_using_subcommand errors" -l client-secret-stdin -d 'Read the app client\'s secret as one line from standard input'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand errors" -l no-preflight -d 'Skip the look at the login pages before the browser opens'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand errors" -l json -d 'Data and errors as JSON'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand errors" -s q -l quiet -d 'Say nothing but errors and what must be seen to go on'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand errors" -s v -l verbose -d 'Tell each step on stderr, never a secret'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand errors" -s h -l help -d 'Print help'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand errors" -s V -l version -d 'Print version'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand help; and not __fish_seen_subcommand_from login whoami token logout status doctor exec curl aws-credentials kubernetes sandbox demo configure template completions man errors help" -f -a "login" -d 'Sign in through the pool\'s login pages and keep the session'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand help; and not __fish_seen_subcommand_from login whoami token logout status doctor exec curl aws-credentials kubernetes sandbox demo configure template completions man errors help" -f -a "whoami" -d 'Show who is signed in, as the pool says now'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand help; and not __fish_seen_subcommand_from login whoami token logout status doctor exec curl aws-credentials kubernetes sandbox demo configure template completions man errors help" -f -a "token" -d 'Print a valid token, renewing it if needed'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand help; and not __fish_seen_subcommand_from login whoami token logout status doctor exec curl aws-credentials kubernetes sandbox demo configure template completions man errors help" -f -a "logout" -d 'Revoke and delete the session'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand help; and not __fish_seen_subcommand_from login whoami token logout status doctor exec curl aws-credentials kubernetes sandbox demo configure template completions man errors help" -f -a "status" -d 'Show what is kept on this machine, without network or keyring'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand help; and not __fish_seen_subcommand_from login whoami token logout status doctor exec curl aws-credentials kubernetes sandbox demo configure template completions man errors help" -f -a "doctor" -d 'Check everything a sign-in needs, and say what to do about each failure'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand help; and not __fish_seen_subcommand_from login whoami token logout status doctor exec curl aws-credentials kubernetes sandbox demo configure template completions man errors help" -f -a "exec" -d 'Run a program with the tokens in its environment'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand help; and not __fish_seen_subcommand_from login whoami token logout status doctor exec curl aws-credentials kubernetes sandbox demo configure template completions man errors help" -f -a "curl" -d 'Run curl with the Authorization header'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand help; and not __fish_seen_subcommand_from login whoami token logout status doctor exec curl aws-credentials kubernetes sandbox demo configure template completions man errors help" -f -a "aws-credentials" -d 'Print temporary AWS credentials from an identity pool'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand help; and not __fish_seen_subcommand_from login whoami token logout status doctor exec curl aws-credentials kubernetes sandbox demo configure template completions man errors help" -f -a "kubernetes" -d 'Print the ID token as a Kubernetes client wants it'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand help; and not __fish_seen_subcommand_from login whoami token logout status doctor exec curl aws-credentials kubernetes sandbox demo configure template completions man errors help" -f -a "sandbox" -d 'Run a user pool on this machine, with login pages'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand help; and not __fish_seen_subcommand_from login whoami token logout status doctor exec curl aws-credentials kubernetes sandbox demo configure template completions man errors help" -f -a "demo" -d 'See a whole sign-in against a pool in this process, without an AWS account'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand help; and not __fish_seen_subcommand_from login whoami token logout status doctor exec curl aws-credentials kubernetes sandbox demo configure template completions man errors help" -f -a "configure" -d 'Set up a profile: asks, or takes flags or another tool\'s file'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand help; and not __fish_seen_subcommand_from login whoami token logout status doctor exec curl aws-credentials kubernetes sandbox demo configure template completions man errors help" -f -a "template" -d 'Print a CloudFormation template that makes a pool, its login pages and an app client'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand help; and not __fish_seen_subcommand_from login whoami token logout status doctor exec curl aws-credentials kubernetes sandbox demo configure template completions man errors help" -f -a "completions" -d 'Print the completion script of a shell'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand help; and not __fish_seen_subcommand_from login whoami token logout status doctor exec curl aws-credentials kubernetes sandbox demo configure template completions man errors help" -f -a "man" -d 'Print the manual page'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand help; and not __fish_seen_subcommand_from login whoami token logout status doctor exec curl aws-credentials kubernetes sandbox demo configure template completions man errors help" -f -a "errors" -d 'Print every error by name'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand help; and not __fish_seen_subcommand_from login whoami token logout status doctor exec curl aws-credentials kubernetes sandbox demo configure template completions man errors help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
