# Signing in by a code sent to one's phone
phone-title = Sign in by phone
phone-mine-title = Phone
phone-done-added = Your number is added: you can sign in with it from now on.
phone-done-removed = Your number is removed.
phone-number = Mobile number
phone-number-line = We send a code by SMS. With the country’s code, unless it is ours.
phone-number-wrong = This is no mobile number we know. Write it with the country’s code, such as +34 600 000 001.
phone-send = Send me a code
phone-remove = Remove this number
phone-code-title = Your code
phone-code = Code from the SMS
phone-code-line = If the number that ends in { $ending } can be reached, a code of six digits is on its way. It is good for ten minutes, in this browser.
phone-code-wrong = This code is wrong, used or too old. After five wrong ones ask for a new one.
phone-code-action = Go on
phone-again = Ask for a new code
phone-somebody-elses = This number is a way into another account. Remove it there first.
phone-sms = { $code } is your code for { $site }. It is good for ten minutes. Tell it to nobody: we never ask for it.
