# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_cognito_login_global_optspecs
    string join \n profile= config= user-pool-id= client-id= client-secret-stdin domain= issuer= redirect-uri= listen= logout-uri= scope= identity-pool-id= grant= store= timeout= no-preflight json q/quiet v/verbose color= h/help V/version
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

complete -c cognito-login -n "__fish_cognito_login_needs_command" -l profile -d 'The profile to use; `sandbox` is built in' -r
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
complete -c cognito-login -n "__fish_cognito_login_needs_command" -f -a "sandbox" -d 'Run a user pool on this machine, with login pages'
complete -c cognito-login -n "__fish_cognito_login_needs_command" -f -a "demo" -d 'See a whole sign-in against a pool in this process, without an AWS account'
complete -c cognito-login -n "__fish_cognito_login_needs_command" -f -a "completions" -d 'Print the completion script of a shell'
complete -c cognito-login -n "__fish_cognito_login_needs_command" -f -a "man" -d 'Print the manual page'
complete -c cognito-login -n "__fish_cognito_login_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l browser -d 'The command that opens the address, which is appended or stands at %s' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l idp -d 'Go straight to this identity provider' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l idp-identifier -d 'The same by its identifier, such as a mail domain' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l login-hint -d 'The user name to fill in' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l lang -d 'The language of the login pages, such as de or pt-BR' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l prompt -d 'login asks for the password again; managed login only' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l resource -d 'The API the access token is for (its `aud`)' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l profile -d 'The profile to use; `sandbox` is built in' -r
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
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l no-browser -d 'Open nothing: follow the printed address anywhere, then paste where it led'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l switch-user -d 'Sign out of the login pages first, so that someone else can sign in'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l signup -d 'Start at the sign-up page'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l client-secret-stdin -d 'Read the app client\'s secret as one line from standard input'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l no-preflight -d 'Skip the look at the login pages before the browser opens'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -l json -d 'Data and errors as JSON'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -s q -l quiet -d 'Say nothing but errors and what must be seen to go on'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -s v -l verbose -d 'Tell each step on stderr, never a secret'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -s h -l help -d 'Print help'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand login" -s V -l version -d 'Print version'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand whoami" -l profile -d 'The profile to use; `sandbox` is built in' -r
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
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l profile -d 'The profile to use; `sandbox` is built in' -r
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
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l no-browser -d 'Open nothing: follow the printed address anywhere, then paste where it led'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l access -d 'The access token (the default)'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l id -d 'The ID token'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l header -d 'As an HTTP header: Authorization: Bearer …'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l force-refresh -d 'Renew it even if it is still good'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l client-secret-stdin -d 'Read the app client\'s secret as one line from standard input'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l no-preflight -d 'Skip the look at the login pages before the browser opens'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -l json -d 'Data and errors as JSON'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -s q -l quiet -d 'Say nothing but errors and what must be seen to go on'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -s v -l verbose -d 'Tell each step on stderr, never a secret'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -s h -l help -d 'Print help'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand token" -s V -l version -d 'Print version'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand logout" -l profile -d 'The profile to use; `sandbox` is built in' -r
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
complete -c cognito-login -n "__fish_cognito_login_using_subcommand logout" -l client-secret-stdin -d 'Read the app client\'s secret as one line from standard input'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand logout" -l no-preflight -d 'Skip the look at the login pages before the browser opens'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand logout" -l json -d 'Data and errors as JSON'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand logout" -s q -l quiet -d 'Say nothing but errors and what must be seen to go on'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand logout" -s v -l verbose -d 'Tell each step on stderr, never a secret'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand logout" -s h -l help -d 'Print help'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand logout" -s V -l version -d 'Print version'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand status" -l profile -d 'The profile to use; `sandbox` is built in' -r
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
complete -c cognito-login -n "__fish_cognito_login_using_subcommand status" -l client-secret-stdin -d 'Read the app client\'s secret as one line from standard input'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand status" -l no-preflight -d 'Skip the look at the login pages before the browser opens'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand status" -l json -d 'Data and errors as JSON'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand status" -s q -l quiet -d 'Say nothing but errors and what must be seen to go on'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand status" -s v -l verbose -d 'Tell each step on stderr, never a secret'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand status" -s h -l help -d 'Print help'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand status" -s V -l version -d 'Print version'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l port -d 'The port on this machine\'s loopback; 0 takes a free one' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l pool-file -d 'A file with clients, users, groups and rules, for a team; flags are stronger' -r -F
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l user -d 'A user instead of the default one' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l mfa -d 'Ask for a code of an authenticator app: off, optional or required [default: off]' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l require-attribute -d 'An attribute a sign-up has to give, such as name or phone_number' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l idp -d 'An OpenID provider at http:// on this machine; its secret comes from COGNITO_IDP_SECRET_NAME' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l logo -d 'A picture above the login pages, taken without restart' -r -F
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l css -d 'A style sheet for the login pages, taken without restart; knows Cognito\'s class names' -r -F
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l seed -d 'Make codes, secrets and tokens the same in each sandbox with this seed' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l rotation-grace -d 'How many seconds a rotated refresh token still works [default: 0]' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l access-token-lifetime -d 'How long access tokens live [default: 1h]' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l id-token-lifetime -d 'How long ID tokens live [default: 1h]' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l refresh-token-lifetime -d 'How long a session can be renewed [default: 30d]' -r
complete -c cognito-login -n "__fish_cognito_login_using_subcommand sandbox" -l profile -d 'The profile to use; `sandbox` is built in' -r
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
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -l profile -d 'The profile to use; `sandbox` is built in' -r
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
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -l no-browser -d 'Open nothing: follow the printed address anywhere, then paste where it led'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -l client-secret-stdin -d 'Read the app client\'s secret as one line from standard input'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -l no-preflight -d 'Skip the look at the login pages before the browser opens'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -l json -d 'Data and errors as JSON'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -s q -l quiet -d 'Say nothing but errors and what must be seen to go on'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -s v -l verbose -d 'Tell each step on stderr, never a secret'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -s h -l help -d 'Print help'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand demo" -s V -l version -d 'Print version'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand completions" -l profile -d 'The profile to use; `sandbox` is built in' -r
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
complete -c cognito-login -n "__fish_cognito_login_using_subcommand completions" -l client-secret-stdin -d 'Read the app client\'s secret as one line from standard input'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand completions" -l no-preflight -d 'Skip the look at the login pages before the browser opens'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand completions" -l json -d 'Data and errors as JSON'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand completions" -s q -l quiet -d 'Say nothing but errors and what must be seen to go on'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand completions" -s v -l verbose -d 'Tell each step on stderr, never a secret'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand completions" -s h -l help -d 'Print help'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand completions" -s V -l version -d 'Print version'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand man" -l profile -d 'The profile to use; `sandbox` is built in' -r
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
complete -c cognito-login -n "__fish_cognito_login_using_subcommand man" -l client-secret-stdin -d 'Read the app client\'s secret as one line from standard input'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand man" -l no-preflight -d 'Skip the look at the login pages before the browser opens'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand man" -l json -d 'Data and errors as JSON'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand man" -s q -l quiet -d 'Say nothing but errors and what must be seen to go on'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand man" -s v -l verbose -d 'Tell each step on stderr, never a secret'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand man" -s h -l help -d 'Print help'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand man" -s V -l version -d 'Print version'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand help; and not __fish_seen_subcommand_from login whoami token logout status sandbox demo completions man help" -f -a "login" -d 'Sign in through the pool\'s login pages and keep the session'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand help; and not __fish_seen_subcommand_from login whoami token logout status sandbox demo completions man help" -f -a "whoami" -d 'Show who is signed in, as the pool says now'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand help; and not __fish_seen_subcommand_from login whoami token logout status sandbox demo completions man help" -f -a "token" -d 'Print a valid token, renewing it if needed'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand help; and not __fish_seen_subcommand_from login whoami token logout status sandbox demo completions man help" -f -a "logout" -d 'Revoke and delete the session'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand help; and not __fish_seen_subcommand_from login whoami token logout status sandbox demo completions man help" -f -a "status" -d 'Show what is kept on this machine, without network or keyring'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand help; and not __fish_seen_subcommand_from login whoami token logout status sandbox demo completions man help" -f -a "sandbox" -d 'Run a user pool on this machine, with login pages'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand help; and not __fish_seen_subcommand_from login whoami token logout status sandbox demo completions man help" -f -a "demo" -d 'See a whole sign-in against a pool in this process, without an AWS account'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand help; and not __fish_seen_subcommand_from login whoami token logout status sandbox demo completions man help" -f -a "completions" -d 'Print the completion script of a shell'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand help; and not __fish_seen_subcommand_from login whoami token logout status sandbox demo completions man help" -f -a "man" -d 'Print the manual page'
complete -c cognito-login -n "__fish_cognito_login_using_subcommand help; and not __fish_seen_subcommand_from login whoami token logout status sandbox demo completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
