# A second step after every sign-in without a passkey: the owner of one chooses it
second_step-title = Second step
second_step-kind = a second step when you sign in without your passkey
second_step-line = When you sign in by password, link or any other way, we can ask for your passkey or a code as well. A passkey by itself is always enough.
second_step-on = On: we ask for your passkey or a code.
second_step-off = Off: your password, a link or another way in is enough.
second_step-works-here = You work here, so we always ask.
second_step-switch-on = Ask for my passkey or a code
second_step-switch-off = Don’t ask any more
second_step-alone = If you lose your passkey, nothing else completes this step. Make recovery codes or add another passkey.
second_step-done-on = From now on we ask for your passkey or a code.
second_step-done-off = We no longer ask for a second step.
second_step-asks-passkey = Your account asks for your passkey as well.
second_step-asks-either = Your account asks for your passkey or a code as well.
